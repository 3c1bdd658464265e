// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// What decides how the bytes at RIP are found and read, as far as a guest changes it without an exit;
/// writes of CR4 and EFER make the emulator forget what it has found. A value of zeros is that of no
/// running guest, because CS has a type.
/// </summary>
public struct FetchMode
{
    public ulong Cr0;
    public ulong Cr3;
    public ulong CodeBase;
    public ushort CodeAttributes;
}
