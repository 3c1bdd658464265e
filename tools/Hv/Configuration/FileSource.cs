// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Hypervisor.Machine.GuestLoader;

namespace Hypervisor.Tool.Configuration;

/// <summary>A guest's file on the user's own machine, as the loader reads it.</summary>
internal sealed class FileSource(FileStream file) : ImageSource
{
    public override ulong Length => (ulong)file.Length;

    public override bool Read(ulong offset, Span<byte> destination)
    {
        file.Position = (long)offset;
        return file.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length;
    }
}
