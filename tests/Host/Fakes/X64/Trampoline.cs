// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.X64;

/// <summary>The host flavour starts no processor.</summary>
public static class Trampoline
{
    private static ProcessorStart s_start;

    public static ref ProcessorStart Start => ref s_start;

    public static void CopyTo(Span<byte> page, ulong image, ulong physicalImage) => page.Clear();
}
