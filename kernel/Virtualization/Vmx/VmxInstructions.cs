// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The instructions of VMX, one method each (SDM volume 3, chapter 31); the code is in VmxEntry.S. One that fails where
/// it must not raises #UD, which is contained like any fault of C#.
/// </summary>
internal static class VmxInstructions
{
    /// <summary>What <see cref="CurrentPointer"/> gives where no VMCS is current.</summary>
    public const ulong NoPointer = ulong.MaxValue;

    /// <summary>VMXON with the host-physical address of a region; false where the processor refuses.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxOn")]
    public static extern bool TryStart(ulong region);

    /// <summary>VMCLEAR: the VMCS is written back and may then be loaded on any processor.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxClear")]
    public static extern void Clear(ulong vmcs);

    /// <summary>VMPTRLD: the VMCS becomes the current one of this processor.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxLoad")]
    public static extern void Load(ulong vmcs);

    /// <summary>VMPTRST: the current VMCS of this processor.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxCurrent")]
    public static extern ulong CurrentPointer();

    /// <summary>VMREAD; for <see cref="Vmcs"/>, which knows the width.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxRead")]
    public static extern ulong ReadField(uint field);

    /// <summary>VMWRITE; for <see cref="Vmcs"/>, which knows the width.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxWrite")]
    public static extern void WriteField(uint field, ulong value);

    /// <summary>INVEPT of the given type: 1 one EPT pointer, 2 all.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxInvalidateEpt")]
    public static extern void InvalidateEpt(ulong type, ulong pointer);

    /// <summary>INVVPID of the given type: 1 one identifier, 2 all.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxInvalidateVpid")]
    public static extern void InvalidateVpid(ulong type, ulong vpid);
}
