// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Text;
using Hypervisor.Machine.Config;
using Hypervisor.Unit.Style;
using Xunit;

namespace Hypervisor.Fuzz;

/// <summary>The configuration file: any bytes give a configuration or errors, never a fault.</summary>
public sealed class ConfigFuzz
{
    private const int Rounds = 4000;

    private static readonly string[] s_words =
    [
        "[host]", "[[vm]]", "[[vm.disk]]", "[[switch]]", "[", "]", "{", "}", "=", ",", ".", "\n", "\r\n", " ", "#",
        "name", "memory", "kernel", "cpus", "console", "\"256M\"", "\"\"\"", "'''", "\"\\u00e9\"", "1_000", "0x7f",
        "-1", "99999999999999999999", "true", "1e9", "2026-11-22", "\"vmlinuz\"", "\"com1\"", "\0", "\u00ff",
    ];

    private static readonly byte[][] s_files = Directory
        .GetFiles(Path.Combine(SourceTree.Root, "tests/Unit/Machine/Config/Golden"), "*.toml")
        .Order(StringComparer.Ordinal)
        .Select(File.ReadAllBytes)
        .ToArray();

    [Fact]
    public void DamagedFiles_GiveErrorsAtWorst() =>
        FuzzRun.Rounds(Rounds, static random => Load(Mutation.Damage(s_files[random.Next(s_files.Length)], random)));

    [Fact]
    public void RandomWords_GiveErrorsAtWorst() =>
        FuzzRun.Rounds(Rounds, static random =>
        {
            var text = new StringBuilder();
            for (int words = random.Next(60); words > 0; words--)
            {
                _ = text.Append(s_words[random.Next(s_words.Length)]).Append(random.Next(3) == 0 ? " " : "");
            }

            Load(Encoding.UTF8.GetBytes(text.ToString()));
        });

    [Fact]
    public void RandomBytes_GiveErrorsAtWorst() =>
        FuzzRun.Rounds(Rounds, static random =>
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Load(bytes);
        });

    private static void Load(byte[] text)
    {
        ConfigResult result = ConfigLoader.Load("hypervisor.toml", text, new ConfigEnvironment([]));
        Assert.True(result.Config == null == result.Errors.Count > 0);
        int line = 0;
        int lines = text.Count(static each => each == '\n') + 1;
        for (int i = 0; i < result.Errors.Count; i++)
        {
            ConfigError error = result.Errors[i]!;
            Assert.NotEmpty(error.Text);
            Assert.DoesNotContain('\n', error.Text);
            Assert.True(
                error.Line >= line || error.Kind == ConfigErrorKind.TooManyErrors, "the errors are not in order");
            Assert.InRange(error.Line, 0, lines);
            line = error.Line;
        }
    }
}
