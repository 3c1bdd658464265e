// SPDX-License-Identifier: MIT
using System.Threading;

namespace Hypervisor.Guests.Kit;

/// <summary>Device memory, 32 bits at a time; the identity map reaches all of it below 4 GiB.</summary>
internal static unsafe class Mmio
{
    internal static uint Read(ulong address) => Volatile.Read(ref *(uint*)address);

    internal static void Write(ulong address, uint value) => Volatile.Write(ref *(uint*)address, value);
}
