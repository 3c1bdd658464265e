// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Platform;

public sealed class TextBufferTests
{
    [Theory]
    [InlineData(0ul, null, "0")]
    [InlineData(1234ul, null, "1234")]
    [InlineData(7ul, "d2", "07")]
    [InlineData(ulong.MaxValue, null, "18446744073709551615")]
    [InlineData(0ul, "x", "0")]
    [InlineData(0xabcul, "x", "abc")]
    [InlineData(0xabcul, "x8", "00000abc")]
    [InlineData(0x1_2345_6789ul, "x4", "123456789")]
    [InlineData(ulong.MaxValue, "X16", "ffffffffffffffff")]
    public void FormatsNumbers(ulong value, string? format, string expected)
    {
        var text = new TextBuffer(new byte[64]);
        text.Append(value, format);
        Assert.Equal(expected, Encoding.ASCII.GetString(text.Text));
    }

    [Theory]
    [InlineData(-1L, "-1")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    [InlineData(5L, "5")]
    public void FormatsSignedNumbers(long value, string expected)
    {
        var text = new TextBuffer(new byte[64]);
        text.Append(value);
        Assert.Equal(expected, Encoding.ASCII.GetString(text.Text));
    }

    [Fact]
    public void CutsWhatDoesNotFitAndReplacesWhatIsNotAscii()
    {
        var text = new TextBuffer(new byte[4]);
        text.Append("a\u00e9cdef");
        text.Append(123ul);
        Assert.Equal("a?cd", Encoding.ASCII.GetString(text.Text));
    }
}
