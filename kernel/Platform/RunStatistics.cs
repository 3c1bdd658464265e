// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// What a schedulable thing has had of the processors since it was started. Written by its scheduler; a reader on
/// another processor may see one number a slice before the next.
/// </summary>
public struct RunStatistics
{
    /// <summary>Nanoseconds run in the slices that are over.</summary>
    public ulong RunNanoseconds;

    public ulong Slices;

    /// <summary>Nanoseconds in which it was ready and did not run: in all, the last time, and the longest.</summary>
    public ulong WaitNanoseconds;
    public ulong LastWait;
    public ulong LongestWait;

    /// <summary>How often it went to another processor.</summary>
    public ulong Migrations;

    /// <summary>It begins to run after waiting for so long.</summary>
    public void Begin(ulong waited)
    {
        Slices++;
        WaitNanoseconds += waited;
        LastWait = waited;
        LongestWait = waited > LongestWait ? waited : LongestWait;
    }

    /// <summary>Adds another thing's: what the vCPUs of one VM had together, the longest wait of any of them.</summary>
    public void Add(in RunStatistics other)
    {
        RunNanoseconds += other.RunNanoseconds;
        Slices += other.Slices;
        WaitNanoseconds += other.WaitNanoseconds;
        LastWait = other.LastWait;
        LongestWait = other.LongestWait > LongestWait ? other.LongestWait : LongestWait;
        Migrations += other.Migrations;
    }
}
