// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>What an exit loads: the processor as it is for the hypervisor's own code (SDM volume 3, 25.5).</summary>
internal static class VmxHostState
{
    /// <summary>
    /// Written when a vCPU comes to a processor, on its exit stack: GS, which finds the processor, is another one in a
    /// host task. The stack pointer follows at each entry.
    /// </summary>
    public static void Write(Vmcs vmcs, Processor processor)
    {
        vmcs.Write(VmcsField16.HostCsSelector, DescriptorTables.CodeSelector);
        vmcs.Write(VmcsField16.HostSsSelector, DescriptorTables.DataSelector);
        vmcs.Write(VmcsField16.HostDsSelector, DescriptorTables.DataSelector);
        vmcs.Write(VmcsField16.HostEsSelector, DescriptorTables.DataSelector);
        vmcs.Write(VmcsField16.HostFsSelector, 0);
        vmcs.Write(VmcsField16.HostGsSelector, 0);
        vmcs.Write(VmcsField16.HostTrSelector, DescriptorTables.TaskSelector);
        vmcs.Write(VmcsFieldNatural.HostCr0, Instructions.ReadCr0());
        vmcs.Write(VmcsFieldNatural.HostCr3, Instructions.ReadCr3());
        vmcs.Write(VmcsFieldNatural.HostCr4, Instructions.ReadCr4());
        vmcs.Write(VmcsFieldNatural.HostFsBase, Instructions.ReadMsr(Msr.FsBase));
        vmcs.Write(VmcsFieldNatural.HostGsBase, Instructions.ReadMsr(Msr.GsBase));
        vmcs.Write(VmcsFieldNatural.HostTrBase, processor.Descriptors.TaskStateAddress);
        vmcs.Write(VmcsFieldNatural.HostGdtrBase, processor.Descriptors.DescriptorsAddress);
        vmcs.Write(VmcsFieldNatural.HostIdtrBase, Instructions.ReadInterruptTable());
        vmcs.Write(VmcsField32.HostSysenterCs, 0);
        vmcs.Write(VmcsFieldNatural.HostSysenterEsp, 0);
        vmcs.Write(VmcsFieldNatural.HostSysenterEip, 0);
        vmcs.Write(VmcsField64.HostPat, Instructions.ReadMsr(Msr.PageAttributeTable));
        vmcs.Write(VmcsField64.HostEfer, Instructions.ReadMsr(Msr.Efer));
        vmcs.Write(VmcsFieldNatural.HostRip, VmxEntry.GetExitAddress());
    }
}
