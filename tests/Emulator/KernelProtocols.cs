// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.EmulatorTests;

/// <summary>Copies of a kernel that can be started in one way only, so that a loader has no choice.</summary>
internal static class KernelProtocols
{
    /// <summary>An ELF note of Xen's, with a content of 4 bytes and type 18: the PVH entry.</summary>
    private static readonly byte[] s_pvh = [4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, (byte)'X', (byte)'e', (byte)'n', 0];

    private static readonly byte[] s_multiboot1 = BitConverter.GetBytes(0x1BAD_B002);
    private static readonly byte[] s_multiboot2 = BitConverter.GetBytes(0xE852_50D6);

    /// <summary>
    /// Writes <paramref name="kernel"/> to <paramref name="target"/> with one of its three headers left.
    /// </summary>
    public static string Copy(string kernel, KernelProtocol kept, string target)
    {
        byte[] image = File.Exists(kernel) ? File.ReadAllBytes(kernel) : throw new RunFailure($"{kernel} is not there");
        Blank(image, s_pvh, image.Length, kept == KernelProtocol.Pvh);
        Blank(image, s_multiboot1, 8192, kept == KernelProtocol.Multiboot1);
        Blank(image, s_multiboot2, 32768, kept == KernelProtocol.Multiboot2);
        File.WriteAllBytes(target, image);
        return target;
    }

    /// <summary>A header that is not where loaders look for it would make the run prove nothing.</summary>
    private static void Blank(byte[] image, ReadOnlySpan<byte> magic, int searched, bool isKept)
    {
        int at = image.AsSpan(0, Math.Min(searched, image.Length)).IndexOf(magic);
        if (at < 0)
        {
            throw new RunFailure($"the kernel lacks the header {Convert.ToHexString(magic)}");
        }

        if (!isKept)
        {
            image.AsSpan(at, magic.Length).Clear();
        }
    }
}
