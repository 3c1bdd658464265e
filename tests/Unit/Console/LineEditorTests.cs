// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Hypervisor.Console;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>The line editor and the keys, against what a terminal shows.</summary>
public sealed class LineEditorTests
{
    private readonly MemorySink _sink = new();

    [Theory]
    [InlineData("abc", "abc", 3)]
    [InlineData("abc\u001b[D\u001b[DX", "aXbc", 2)]
    [InlineData("abc\u001b[HX", "Xabc", 1)]
    [InlineData("abc\u0001X\u0005Y", "XabcY", 5)]
    [InlineData("abc\u001b[1~X\u001b[4~Y", "XabcY", 5)]
    [InlineData("abc\u001bOHX\u001bOFY", "XabcY", 5)]
    [InlineData("abc\u007f", "ab", 2)]
    [InlineData("abc\b\b\b\b", "", 0)]
    [InlineData("abc\u001b[D\u001b[3~", "ab", 2)]
    [InlineData("abc\u0001\u0004", "bc", 0)]
    [InlineData("one two\u0017", "one ", 4)]
    [InlineData("one two  \u0017", "one ", 4)]
    [InlineData("one two\u0015", "", 0)]
    [InlineData("one two\u001b[D\u001b[D\u000b", "one t", 5)]
    [InlineData("one two\u001b[D\u001b[D\u0015", "wo", 0)]
    [InlineData("abc\u001b[C\u001b[CX", "abcX", 4)]
    [InlineData("a\u001b[99;5Xb\u001bqc", "abc", 3)]
    [InlineData("abc\u0003de", "de", 2)]
    public void Keys_EditTheLine_AndTheTerminalShowsIt(string typed, string line, int cursor)
    {
        LineEditor editor = Feed(typed);
        Assert.Equal(line, Encoding.ASCII.GetString(editor.Line));
        Assert.Equal(cursor, editor.Cursor);
        Assert.Equal("> " + line, _sink.TakeScreen()[^1]);
    }

    [Theory]
    [InlineData("one\rtwo\r\u001b[A", "two")]
    [InlineData("one\rtwo\r\u001b[A\u001b[A", "one")]
    [InlineData("one\rtwo\r\u001b[A\u001b[A\u001b[A", "one")]
    [InlineData("one\rtwo\rdraft\u001b[A\u001b[A\u001b[B\u001b[B", "draft")]
    [InlineData("one\rone\r\r\u0010\u0010", "one")]
    [InlineData("one\r\u0010X", "oneX")]
    [InlineData("one\r\u0010\u000e", "")]
    [InlineData("one\r\ntwo\n\u0010", "two")]
    public void History_IsWalked(string typed, string line) =>
        Assert.Equal(line, Encoding.ASCII.GetString(Feed(typed).Line));

    [Fact]
    public void History_KeepsTheNewest()
    {
        var history = new History(3, 8);
        foreach (string line in new[] { "a", "b", "c", "d" })
        {
            history.Add(Encoding.ASCII.GetBytes(line));
        }

        Assert.Equal(3, history.Count);
        Assert.Equal("d", Encoding.ASCII.GetString(history[1]));
        Assert.Equal("b", Encoding.ASCII.GetString(history[3]));
    }

    [Fact]
    public void AFullLine_RingsTheBell()
    {
        LineEditor editor = Feed(new string('x', LineEditor.Longest));
        _ = _sink.Take();
        editor.Insert((byte)'y');
        Assert.Equal("\a", _sink.Take());
        Assert.Equal(LineEditor.Longest, editor.Line.Length);
    }

    [Theory]
    [InlineData("at", "attach ")]
    [InlineData("attach w", "attach web")]
    [InlineData("attach web2", "attach web2 ")]
    [InlineData("re", "re")]
    [InlineData("reb", "reboot ")]
    [InlineData("zz", "zz")]
    public void Tab_CompletesCommandsAndNames(string typed, string expected)
    {
        var monitor = new Monitor(new FakeHost(), [new FakeGuest("web1"), new FakeGuest("web2")], _sink);
        monitor.Begin(attach: -1);
        foreach (char each in typed + "\t")
        {
            monitor.Receive((byte)each);
        }

        Assert.Equal("hv> " + expected, _sink.TakeScreen()[^1]);
    }

    [Fact]
    public void Tab_ListsWhatIsPossible()
    {
        var monitor = new Monitor(new FakeHost(), [], _sink);
        monitor.Begin(attach: -1);
        _ = _sink.Take();
        foreach (byte each in "re\t"u8)
        {
            monitor.Receive(each);
        }

        Assert.Equal(["re", "restart  resume  reboot", "hv> re"], _sink.TakeScreen());
    }

    /// <summary>Cursor position, attributes, a colour, a title, a setting, in all the shapes that there are.</summary>
    [Theory]
    [InlineData("\u001b[24;80R")]
    [InlineData("\u001b[?64;1;2c")]
    [InlineData("\u001b[>0;276;0c")]
    [InlineData("\u001b[1;2\u001b[24;80R")]
    [InlineData("\u001b]11;rgb:0000/0000/0000\u001b\\")]
    [InlineData("\u001b]11;rgb:0000/0000/0000\a")]
    [InlineData("\u001b]lpoweroff\r\u001b\\")]
    [InlineData("\u001bP1$r\npoweroff\n\u001b\\")]
    [InlineData("\u001bP1+r544e=787465726d\u001b\\")]
    [InlineData("\u001b_Gi=1;OK\u001b\\")]
    [InlineData("\u001b^poweroff\r\u0018")]
    [InlineData("\u001bXpoweroff\r\u001a")]
    [InlineData("\u009b24;80R")]
    [InlineData("\u00c2\u009b24;80R")]
    [InlineData("\u0090poweroff\r\u009c")]
    [InlineData("\u00c2\u009dpoweroff\r\u00c2\u009c")]
    [InlineData("\u001b(B")]
    public void WhatATerminalAnswers_IsNotTyped_AndNeverACommand(string answer)
    {
        foreach (string typed in new[] { answer, answer + answer })
        {
            LineEditor editor = Feed("ab" + typed + "c");
            Assert.Equal("abc", Encoding.ASCII.GetString(editor.Line));
            Assert.Equal("> abc", _sink.TakeScreen()[^1]);
        }
    }

    [Theory]
    [InlineData("a\u001bPxyz\u0003b", "b")]
    [InlineData("a\u00c3\u009db", "ab")]
    [InlineData("a\u00e2\u009d\u0084b", "ab")]
    public void AStringBegunByChance_IsEndedByControlC_AndALetterIsNone(string typed, string line) =>
        Assert.Equal(line, Encoding.ASCII.GetString(Feed(typed).Line));

    private LineEditor Feed(string typed)
    {
        var editor = new LineEditor(new ConsoleWriter(_sink), "> ");
        var keys = new KeyDecoder();
        editor.Clear();
        foreach (char each in typed)
        {
            Key key = keys.Decode((byte)each);
            if (key != Key.None && editor.Press(key, keys.Character))
            {
                editor.Clear();
            }
        }

        return editor;
    }
}
