// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Boot.Loader;

/// <summary>The screen as the loader left it.</summary>
public readonly struct Framebuffer
{
    public Framebuffer(FramebufferKind kind, HostPhysical start, uint pitch, uint width, uint height, byte bitsPerPixel)
    {
        Kind = kind;
        Start = start;
        Pitch = pitch;
        Width = width;
        Height = height;
        BitsPerPixel = bitsPerPixel;
    }

    public FramebufferKind Kind { get; }

    public HostPhysical Start { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public uint Pitch { get; }

    /// <summary>Pixels, or characters of a text screen.</summary>
    public uint Width { get; }

    public uint Height { get; }

    public byte BitsPerPixel { get; }
}
