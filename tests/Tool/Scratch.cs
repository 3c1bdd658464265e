// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.Tool.Tests;

/// <summary>A folder of one test, with a config of one guest and the guest's files.</summary>
internal sealed class Scratch : IDisposable
{
    public const string GoodConfig = """
        [[vm]]
        name    = "web"
        memory  = "64M"
        kernel  = "vmlinuz"
        initrd  = "initrd.img"
        """;

    public const string BadConfig = """
        [[vm]]
        name    = "web"
        memory  = "64X"
        kernel  = "vmlinuz"
        colour  = "blue"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tool-test-");

    public Scratch()
    {
        _ = Directory.CreateDirectory(Path("guests"));
        File.WriteAllText(Path("guests/vmlinuz"), new string('k', 70000));
        File.WriteAllText(Path("initrd.img"), new string('i', 3000));
    }

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>Writes a config and returns its path.</summary>
    public string Config(string text = GoodConfig)
    {
        string path = Path("hypervisor.toml");
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
