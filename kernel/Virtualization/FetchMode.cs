// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// What decides how the bytes at RIP are found and read: the control registers of paging, and CS. A value of zeros is that
/// of no running guest, because CS has a type.
/// </summary>
public struct FetchMode
{
    public ulong Cr0;
    public ulong Cr3;
    public ulong Cr4;
    public ulong Efer;
    public ulong CodeBase;
    public ushort CodeAttributes;
}
