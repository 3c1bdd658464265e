// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>Makes guest RAM for tests: address space of the test's process, zero until it is written.</summary>
public static unsafe class HostGuestMemory
{
    /// <summary>RAM from guest-physical 0 on, <paramref name="bytes"/> long.</summary>
    public static GuestMemory Create(ulong bytes) => Create(new GuestRange(new GuestPhysical(0), bytes));

    /// <summary>RAM at the given ranges, in ascending order.</summary>
    public static GuestMemory Create(params GuestRange[] ranges)
    {
        GuestRange last = ranges[^1];
        void* start = DirectMap.Reserve(last.Start.Value + last.Length);
        return new GuestMemory(new HostVirtual((ulong)start), ranges);
    }
}
