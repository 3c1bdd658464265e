// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Hypervisor.Boot.Loader;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Boot;

public sealed class LoaderInformationTests
{
    private readonly MemoryStream _bytes = new(new byte[65536], 0, 65536, true);
    private readonly BinaryWriter _writer;

    public LoaderInformationTests()
    {
        _writer = new BinaryWriter(_bytes);
        _writer.Write(0ul);
    }

    [Fact]
    public void ReadsEveryTag()
    {
        Add(1, "debug-exit inject=3\0"u8.ToArray());
        Add(3, Join(BitConverter.GetBytes(0x3000u), BitConverter.GetBytes(0x3005u), "/guests/vmlinuz\0"u8.ToArray()));
        Add(3, Join(BitConverter.GetBytes(0u), BitConverter.GetBytes(0u), "\"/guests/a \\\" b\"\0"u8.ToArray()));
        Add(6, Join(
            BitConverter.GetBytes(24u), BitConverter.GetBytes(0u), Area(0, 0x9fc00, 1), Area(0x9fc00, 0x400, 2),
            Area(1 << 20, 1 << 29, 1)));
        Add(8, Join(
            BitConverter.GetBytes(0xb8000ul), BitConverter.GetBytes(160u), BitConverter.GetBytes(80u),
            BitConverter.GetBytes(25u), [16, 2, 0, 0]));
        Add(15, Join("RSD PTR "u8.ToArray(), new byte[28]));
        Add(14, Join("RSD PTR "u8.ToArray(), new byte[12]));

        LoaderInformation information = Parse();

        Assert.Equal("debug-exit inject=3", information.CommandLine);
        Assert.True(information.HasOption("debug-exit"));
        Assert.False(information.HasOption("debug"));
        Assert.True(information.TryGetNumber("inject", out int rounds));
        Assert.Equal(3, rounds);
        Assert.False(information.TryGetNumber("debug-exit", out _));
        Assert.False(information.TryGetNumber("ject", out _));
        Assert.Equal(2, information.Modules.Length);
        Assert.Equal("/guests/vmlinuz", information.Modules[0].Name);
        Assert.Equal(0x3000ul, information.Modules[0].Start.Value);
        Assert.Equal(5ul, information.Modules[0].Length);
        Assert.Equal("/guests/a \" b", information.Modules[1].Name);
        Assert.Equal(3, information.Memory.Length);
        Assert.Equal(FrameKind.Reserved, information.Memory[1].Kind);
        Assert.Equal(1ul << 29, information.Memory[2].Length);
        Assert.Equal(FramebufferKind.Text, information.Screen.Kind);
        Assert.Equal(160u, information.Screen.Pitch);
        Assert.Equal(36, information.RootPointer.Length);
    }

    [Fact]
    public void NothingIsNothing()
    {
        LoaderInformation information = Parse();

        Assert.Equal(0, information.Modules.Length);
        Assert.Equal(0, information.Memory.Length);
        Assert.Equal(FramebufferKind.None, information.Screen.Kind);
        Assert.Equal(0, information.RootPointer.Length);
        Assert.Equal(0, new LoaderInformation(default).Memory.Length);
    }

    [Theory]
    [InlineData(6, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 9, 9 })]
    [InlineData(6, new byte[] { 24 })]
    [InlineData(3, new byte[] { 2, 0, 0, 0, 1, 0, 0, 0, 65, 0 })]
    [InlineData(3, new byte[] { 2, 0 })]
    [InlineData(8, new byte[] { 2, 0 })]
    [InlineData(14, new byte[] { 2, 0 })]
    public void BrokenTagsCountAsMissing(int kind, byte[] content)
    {
        Add(kind, content);
        Add(1, "after\0"u8.ToArray());

        LoaderInformation information = Parse();

        Assert.Equal("after", information.CommandLine);
        Assert.Equal(0, information.Modules.Length);
        Assert.Equal(0, information.Memory.Length);
        Assert.Equal(0, information.RootPointer.Length);
    }

    [Fact]
    public void ReadsNoByteBehindTheEnd()
    {
        Add(1, "one two"u8.ToArray());
        Add(6, Join(BitConverter.GetBytes(24u), BitConverter.GetBytes(0u), Area(0, 1, 1)));
        byte[] whole = _bytes.ToArray()[..(int)_bytes.Position];
        for (int length = 0; length <= whole.Length; length++)
        {
            var information = new LoaderInformation(whole.AsSpan(0, length));
            Assert.InRange(information.Memory.Length, 0, 1);
        }
    }

    private static byte[] Area(ulong start, ulong length, uint type) =>
        Join(BitConverter.GetBytes(start), BitConverter.GetBytes(length), BitConverter.GetBytes(type), new byte[4]);

    private static byte[] Join(params byte[][] parts)
    {
        using var all = new MemoryStream();
        foreach (byte[] part in parts)
        {
            all.Write(part);
        }

        return all.ToArray();
    }

    private void Add(int kind, byte[] content)
    {
        _writer.Write(kind);
        _writer.Write(8 + content.Length);
        _writer.Write(content);
        _bytes.Position = (_bytes.Position + 7) & ~7L;
    }

    private LoaderInformation Parse()
    {
        Add(0, []);
        return new LoaderInformation(_bytes.ToArray().AsSpan(0, (int)_bytes.Position));
    }
}
