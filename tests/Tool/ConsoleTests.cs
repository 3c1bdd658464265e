// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Hypervisor.Tool.Emulation;
using Hypervisor.Tool.Terminal;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>What is made of the console's bytes, and of the user's keys.</summary>
public sealed class ConsoleTests
{
    [Theory]
    [InlineData("plain\r\n", "plain\n")]
    [InlineData("\e[2J\e[1;1HGRUB\e[0m", "GRUB")]
    [InlineData("a\e]0;title\ab", "ab")]
    [InlineData("\e(Bx\x7f\x07y", "xy")]
    [InlineData("gr\u00fcn", "gr\u00fcn")]
    [InlineData("[\e[\u0018\r\nInside\r\nK", "[\nInside\nK")]
    public void Transcript_IsPlainText(string sent, string expected)
    {
        var transcript = new ConsoleTranscript();
        foreach (byte value in Encoding.UTF8.GetBytes(sent))
        {
            _ = transcript.Append([value]);
        }

        Assert.Equal(expected, transcript.Text);
    }

    [Fact]
    public async Task Waiting_EndsWithTheTextAndMovesOn()
    {
        var transcript = new ConsoleTranscript();
        int position = 0;
        Task<string?> waiting =
            Task.Run(() => transcript.WaitFor(new Regex("b+"), ref position, TimeSpan.FromSeconds(10)));
        _ = transcript.Append("aab"u8);

        Assert.Equal("b", await waiting);
        Assert.Null(transcript.WaitFor(new Regex("a"), ref position, TimeSpan.Zero));
    }

    [Fact]
    public void Waiting_EndsWithTheConsole()
    {
        var transcript = new ConsoleTranscript();
        transcript.Complete();
        int position = 0;

        Assert.Null(transcript.WaitFor(new Regex("x"), ref position, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Watch_SeesAPromptAndALineInPieces()
    {
        var watch = new ConsoleWatch(new Regex("^login: $"));
        watch.Append("Debian\nlog");
        Assert.False(watch.Seen);
        watch.Append("in: ");
        Assert.True(watch.Seen);
        Assert.True(watch.IsMidLine);
        Assert.Equal("login:", watch.LastLine);
    }

    [Fact]
    public void Keys_PassButForTheWayOut()
    {
        var keys = new EscapeKeys();

        Assert.Equal("ls\r"u8.ToArray(), keys.Filter("ls\r"u8));
        Assert.Equal("\u0001"u8.ToArray(), keys.Filter("\u0001\u0001"u8));
        Assert.Equal("\u0001e"u8.ToArray(), keys.Filter("\u0001e"u8));
        Assert.False(keys.Quit);
        Assert.Equal("a"u8.ToArray(), keys.Filter("a\u0001"u8));
        Assert.Empty(keys.Filter("xyz"u8));
        Assert.True(keys.Quit);
    }
}
