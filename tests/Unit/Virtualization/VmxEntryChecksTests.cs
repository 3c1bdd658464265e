// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;
using F16 = Hypervisor.Virtualization.Vmx.VmcsField16;
using F32 = Hypervisor.Virtualization.Vmx.VmcsField32;
using F64 = Hypervisor.Virtualization.Vmx.VmcsField64;
using Nat = Hypervisor.Virtualization.Vmx.VmcsFieldNatural;

namespace Hypervisor.Unit.Virtualization;

/// <summary>
/// The checks of an entry, one row a rule: each flips bits in fields of a vCPU that is valid, so that it breaks this
/// one, and must get its sentence.
/// </summary>
public sealed partial class VmxEntryChecksTests
{
    private const ulong BeyondPhysical = 1UL << 39;
    private const ulong BeyondLinear = 1UL << 47;
    private const ulong InterruptFlag = 0x202;
    private const uint PdpteFlags = 1;

    private readonly TestVmx _machine = new();

    public enum Mode
    {
        Real,
        Protected,
        Virtual8086,
        Long,
    }

    [Theory]
    [InlineData(Mode.Real)]
    [InlineData(Mode.Protected)]
    [InlineData(Mode.Virtual8086)]
    [InlineData(Mode.Long)]
    public void AValidGuest_BreaksNoRule(Mode mode) => Check(null, mode);

    // ---- 27.2.1: controls -------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("a reserved bit of the pin-based controls", F32.PinControls, 1UL << 1)]
    [InlineData("a reserved bit of the pin-based controls", F32.PinControls, 1UL << 8)]
    [InlineData("a reserved bit of the primary processor-based controls", F32.ProcessorControls, 1UL << 1)]
    [InlineData("a reserved bit of the primary processor-based controls", F32.ProcessorControls, 1UL << 17)]
    [InlineData("a reserved bit of the secondary processor-based controls", F32.SecondaryControls, 1UL << 31)]
    [InlineData("a reserved bit of the VM-exit controls", F32.ExitControls, 1UL << 0)]
    [InlineData("a reserved bit of the VM-exit controls", F32.ExitControls, 1UL << 31)]
    [InlineData("a reserved bit of the VM-entry controls", F32.EntryControls, 1UL << 0)]
    [InlineData("a reserved bit of the VM-entry controls", F32.EntryControls, 1UL << 16)]
    [InlineData("an entry to SMM from outside", F32.EntryControls, (ulong)EntryControls.EntryToSmm)]
    [InlineData("a deactivation of the dual-monitor treatment outside SMM",
        F32.EntryControls, (ulong)EntryControls.DeactivateDualMonitor)]
    [InlineData("more CR3 targets than the processor has", F32.Cr3TargetCount, 5UL)]
    [InlineData("an MSR bitmap that is not a page", F64.MsrBitmap, 8UL)]
    [InlineData("an MSR bitmap beyond the processor's physical addresses", F64.MsrBitmap, BeyondPhysical)]
    [InlineData("virtual NMIs without NMI exiting", F32.PinControls, (ulong)PinControls.NmiExiting)]
    [InlineData("VPID 0, which is the host's", F16.Vpid, 1UL)]
    [InlineData("a virtual-APIC page that is not a page", F64.VirtualApicPage, 8UL)]
    [InlineData("a virtual-APIC page beyond the processor's physical addresses", F64.VirtualApicPage, BeyondPhysical)]
    [InlineData("a TPR threshold with a reserved bit", F32.TprThreshold, 0x10UL)]
    [InlineData("a TPR threshold above the virtual TPR", F32.TprThreshold, 3UL)]
    [InlineData("posted interrupts without virtual-interrupt delivery",
        F32.PinControls, (ulong)PinControls.PostedInterrupts)]
    [InlineData("an unrestricted guest without EPT", F32.SecondaryControls, (ulong)SecondaryControls.Ept)]
    [InlineData("virtualize x2APIC mode together with virtualize APIC accesses",
        F32.SecondaryControls, (ulong)(SecondaryControls.X2ApicMode | SecondaryControls.ApicAccesses))]
    [InlineData("page-modification logging without EPT",
        F32.SecondaryControls, (ulong)(SecondaryControls.Ept | SecondaryControls.PageModificationLog))]
    [InlineData("mode-based execute control without EPT", F32.SecondaryControls,
        (ulong)(SecondaryControls.Ept | SecondaryControls.UnrestrictedGuest | SecondaryControls.ModeBasedExecute))]
    [InlineData("sub-page write permissions without EPT", F32.SecondaryControls,
        (ulong)(SecondaryControls.Ept | SecondaryControls.UnrestrictedGuest | SecondaryControls.SubPageWrite))]
    [InlineData("an EPT pointer with a memory type that the processor does not support", F64.EptPointer, 1UL)]
    [InlineData("an EPT pointer with a number of levels that the processor does not support", F64.EptPointer, 8UL)]
    [InlineData("an EPT pointer with a number of levels that the processor does not support", F64.EptPointer, 0x38UL)]
    [InlineData("an EPT pointer with shadow stacks, which the processor does not have", F64.EptPointer, 0x80UL)]
    [InlineData("an EPT pointer with a reserved bit", F64.EptPointer, 0x100UL)]
    [InlineData("an EPT pointer beyond the processor's physical addresses", F64.EptPointer, BeyondPhysical)]
    public void Controls(string sentence, object field, ulong bits) => Check(sentence, Mode.Long, field, bits);

    [Theory]
    [InlineData("NMI-window exiting without virtual NMIs", F32.PinControls, (ulong)PinControls.VirtualNmis,
        F32.ProcessorControls, (ulong)ProcessorControls.NmiWindow)]
    [InlineData("virtualize x2APIC mode without a TPR shadow", F32.ProcessorControls,
        (ulong)ProcessorControls.TprShadow, F32.SecondaryControls, (ulong)SecondaryControls.X2ApicMode)]
    [InlineData("APIC-register virtualization without a TPR shadow", F32.ProcessorControls,
        (ulong)ProcessorControls.TprShadow, F32.SecondaryControls, (ulong)SecondaryControls.ApicRegisters)]
    [InlineData("virtual-interrupt delivery without a TPR shadow", F32.ProcessorControls,
        (ulong)ProcessorControls.TprShadow, F32.SecondaryControls, (ulong)SecondaryControls.InterruptDelivery)]
    [InlineData("virtual-interrupt delivery without external-interrupt exiting", F32.PinControls,
        (ulong)PinControls.ExternalInterruptExiting, F32.SecondaryControls, (ulong)SecondaryControls.InterruptDelivery)]
    [InlineData("posted interrupts without acknowledging interrupts on exit", F32.PinControls,
        (ulong)PinControls.PostedInterrupts, F32.SecondaryControls, (ulong)SecondaryControls.InterruptDelivery)]
    [InlineData("saving of the preemption timer, which is not active", F32.PinControls,
        (ulong)PinControls.PreemptionTimer, F32.ExitControls, (ulong)ExitControls.SavePreemptionTimer)]
    [InlineData("a list of MSRs that is not aligned", F32.ExitMsrStoreCount, 1UL, F64.ExitMsrStoreAddress, 8UL)]
    [InlineData("a list of MSRs that is not aligned", F32.ExitMsrLoadCount, 1UL, F64.ExitMsrLoadAddress, 8UL)]
    [InlineData("a list of MSRs that is not aligned", F32.EntryMsrLoadCount, 1UL, F64.EntryMsrLoadAddress, 8UL)]
    [InlineData("a list of MSRs beyond the processor's physical addresses",
        F32.ExitMsrLoadCount, 1UL, F64.ExitMsrLoadAddress, BeyondPhysical)]
    [InlineData("a list of MSRs beyond the processor's physical addresses",
        F32.EntryMsrLoadCount, 2UL, F64.EntryMsrLoadAddress, BeyondPhysical - 16)]
    [InlineData(null, F32.EntryMsrLoadCount, 1UL, F64.EntryMsrLoadAddress, BeyondPhysical - 16)]
    public void ControlsTogether(string? sentence, object field1, ulong bits1, object field2, ulong bits2) =>
        Check(sentence, Mode.Long, field1, bits1, field2, bits2);

    [Fact]
    public void ATprThreshold_MayBeTheVirtualTpr()
    {
        VmxVirtualCpu cpu = Create(Mode.Long);
        cpu.TaskPriority = 3;
        cpu.Vmcs.Write(F32.TprThreshold, 3);
        Assert.Null(FindViolation(cpu));
    }

    [Fact]
    public void AccessedFlags_NeedAProcessorThatHasThem()
    {
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~(1UL << 21);
        Check(null, Mode.Long);
        Check("an EPT pointer with accessed and dirty flags, which the processor does not have",
            Mode.Long, F64.EptPointer, 0x40UL);
    }

    [Fact]
    public void AnUncachedEptPointer_NeedsAProcessorThatAllowsIt()
    {
        Check(null, Mode.Long, F64.EptPointer, 6UL);
        TestVmx.Msrs[Msr.VmxEptVpidCapabilities] &= ~(1UL << 8);
        Check("an EPT pointer with a memory type that the processor does not support", Mode.Long, F64.EptPointer, 6UL);
    }

    [Fact]
    public void AddressesOf32Bits_LieBelow4GiB()
    {
        Check(null, Mode.Long, F64.MsrBitmap, 1UL << 32);
        TestVmx.Msrs[Msr.VmxBasic] |= 1UL << 48;
        Check("an MSR bitmap beyond the processor's physical addresses", Mode.Long, F64.MsrBitmap, 1UL << 32);
    }

    // ---- 27.2.1.3: the event ----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("an event of a type that there is not", Mode.Long, 0x8000_0121UL)]
    [InlineData("an NMI whose vector is not 2", Mode.Long, 0x8000_0203UL)]
    [InlineData("an exception with a vector above 31", Mode.Long, 0x8000_0320UL)]
    [InlineData("a pending MTF exit whose vector is not 0", Mode.Long, 0x8000_0701UL)]
    [InlineData("an event with a reserved bit", Mode.Long, 0x8000_1021UL)]
    [InlineData("an error code with an event that has none, or in real mode", Mode.Long, 0x8000_0821UL)]
    [InlineData("an error code with an event that has none, or in real mode", Mode.Real, 0x8000_0B0DUL)]
    [InlineData("an error code with an exception that has none", Mode.Long, 0x8000_0B06UL)]
    [InlineData("an exception without its error code", Mode.Protected, 0x8000_030DUL)]
    [InlineData("an error code with a reserved bit", Mode.Long, 0x8000_0B0DUL, F32.EntryErrorCode, 0x1_0000UL)]
    [InlineData("a software event of an instruction that is too long",
        Mode.Long, 0x8000_0480UL, F32.EntryInstructionLength, 16UL)]
    [InlineData("a software event of an instruction that is too long",
        Mode.Long, 0x8000_0603UL, F32.EntryInstructionLength, 16UL)]
    [InlineData("a software event of an instruction that is too long",
        Mode.Long, 0x8000_0501UL, F32.EntryInstructionLength, 16UL)]
    [InlineData(null, Mode.Long, 0x8000_0480UL, F32.EntryInstructionLength, 15UL)]
    [InlineData(null, Mode.Long, 0x8000_0021UL)]
    [InlineData(null, Mode.Long, 0x8000_0202UL)]
    [InlineData(null, Mode.Long, 0x8000_0B0DUL)]
    [InlineData(null, Mode.Long, 0x8000_0306UL)]
    [InlineData(null, Mode.Real, 0x8000_030DUL)]
    [InlineData(null, Mode.Long, 0x8000_0700UL)]
    [InlineData(null, Mode.Long, 0x0000_F920UL)]
    public void Event(string? sentence, Mode mode, ulong item, object? field = null, ulong bits = 0) =>
        Check(sentence, mode, F32.EntryEvent, item, field, bits);

    [Fact]
    public void AnEvent_MayLackWhatTheProcessorAllows()
    {
        TestVmx.Msrs[Msr.VmxBasic] |= 1UL << 56;
        Check(null, Mode.Long, F32.EntryEvent, 0x8000_0B06UL);
        Check(null, Mode.Long, F32.EntryEvent, 0x8000_030DUL);
        TestVmx.Msrs[Msr.VmxMiscellaneous] &= ~(1UL << 30);
        Check("a software event of an instruction without a length", Mode.Long, F32.EntryEvent, 0x8000_0480UL);
        TestVmx.Forbid(ProcessorControls.MonitorTrap);
        Check("an event of a type that there is not", Mode.Long, F32.EntryEvent, 0x8000_0700UL);
    }

    // ---- 27.2.2 to 27.2.4: the host ---------------------------------------------------------------------------------

    [Theory]
    [InlineData("a bit of the host's CR0 that VMX fixes", Nat.HostCr0, 0x20UL)]
    [InlineData("a bit of the host's CR0 that VMX fixes", Nat.HostCr0, 1UL << 32)]
    [InlineData(null, Nat.HostCr0, 0x6000_0000UL)]
    [InlineData("a bit of the host's CR4 that VMX fixes", Nat.HostCr4, 0x2000UL)]
    [InlineData("a bit of the host's CR4 that VMX fixes", Nat.HostCr4, 1UL << 24)]
    [InlineData("the host's CR3 beyond the processor's physical addresses", Nat.HostCr3, BeyondPhysical)]
    [InlineData("the host's SYSENTER_ESP is not canonical", Nat.HostSysenterEsp, BeyondLinear)]
    [InlineData("the host's SYSENTER_EIP is not canonical", Nat.HostSysenterEip, BeyondLinear)]
    [InlineData("the host's PAT has a memory type that there is not", F64.HostPat, 4UL)]
    [InlineData("a reserved bit of the host's EFER", F64.HostEfer, 2UL)]
    [InlineData("the host's EFER.LMA is not the host's address-space size", F64.HostEfer, 0x400UL)]
    [InlineData("the host's EFER.LME is not the host's address-space size", F64.HostEfer, 0x100UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostEsSelector, 1UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostCsSelector, 2UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostSsSelector, 4UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostDsSelector, 1UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostFsSelector, 2UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostGsSelector, 4UL)]
    [InlineData("a selector of the host with an RPL or in a local table", F16.HostTrSelector, 4UL)]
    [InlineData("the host has no CS", F16.HostCsSelector, 8UL)]
    [InlineData("the host has no TR", F16.HostTrSelector, 0x18UL)]
    [InlineData("the host's FS base is not canonical", Nat.HostFsBase, BeyondLinear)]
    [InlineData("the host's GS base is not canonical", Nat.HostGsBase, BeyondLinear)]
    [InlineData("the host's TR base is not canonical", Nat.HostTrBase, BeyondLinear)]
    [InlineData("the host's GDTR base is not canonical", Nat.HostGdtrBase, BeyondLinear)]
    [InlineData("the host's IDTR base is not canonical", Nat.HostIdtrBase, BeyondLinear)]
    [InlineData("a 64-bit host without CR4.PAE", Nat.HostCr4, 0x20UL)]
    [InlineData("the host's RIP is not canonical", Nat.HostRip, BeyondLinear)]
    [InlineData("the host's CR4.CET without CR0.WP", Nat.HostCr4, 1UL << 23, Nat.HostCr0, 1UL << 16)]
    [InlineData("a 32-bit host for a hypervisor of 64 bits",
        F32.ExitControls, (ulong)ExitControls.HostIn64BitMode, F64.HostEfer, 0x500UL)]
    [InlineData("a 32-bit host has no SS",
        F32.ExitControls, (ulong)ExitControls.HostIn64BitMode, F64.HostEfer, 0x500UL, F16.HostSsSelector, 0x10UL)]
    public void Host(
        string? sentence, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0, object? field3 = null,
        ulong bits3 = 0) =>
        Check(sentence, Mode.Long, field1, bits1, field2, bits2, field3, bits3);

    // ---- What is not there ------------------------------------------------------------------------------------------

    [Fact]
    public void NoField_IsReadThatTheProcessorHasNot()
    {
        TestVmx.Forbid(ProcessorControls.TprShadow);
        TestVmx.Forbid(SecondaryControls.Vpid);
        TestVmx.Forbid(SecondaryControls.Xsaves);
        TestVmx.Forbid(SecondaryControls.PauseLoopExiting);
        TestVmx.Forbid(PinControls.PreemptionTimer);
        VmxInstructions.Absent.UnionWith(
        [
            (uint)F16.Vpid, (uint)F32.TprThreshold, (uint)F64.VirtualApicPage, (uint)F32.PreemptionTimer,
            (uint)F32.PauseLoopGap, (uint)F32.PauseLoopWindow, (uint)F64.XssExitingBitmap,
        ]);
        Check(null, Mode.Long);
    }

    [Fact]
    public void NoField_IsReadWhoseControlIsOff()
    {
        VmxVirtualCpu cpu = Create(Mode.Long);
        Flip(cpu, F32.ProcessorControls, (ulong)(ProcessorControls.Secondary | ProcessorControls.MsrBitmaps));
        Flip(cpu, F32.ExitControls, (ulong)(ExitControls.LoadPat | ExitControls.LoadEfer));
        Flip(cpu, F32.EntryControls, (ulong)(EntryControls.LoadPat | EntryControls.LoadEfer));
        VmxInstructions.Absent.UnionWith(
        [
            (uint)F32.SecondaryControls, (uint)F16.Vpid, (uint)F64.EptPointer, (uint)F64.MsrBitmap, (uint)F64.HostPat,
            (uint)F64.HostEfer, (uint)F64.GuestPat, (uint)F64.GuestEfer, (uint)F64.GuestPdpte0,
        ]);
        Assert.Null(FindViolation(cpu));
    }

    /// <summary>A vCPU in the given mode, entered once, with the bits flipped, gets this sentence.</summary>
    private void Check(
        string? sentence, Mode mode, object? field1 = null, ulong bits1 = 0, object? field2 = null, ulong bits2 = 0,
        object? field3 = null, ulong bits3 = 0)
    {
        VmxVirtualCpu cpu = Create(mode);
        Assert.Null(FindViolation(cpu));
        Flip(cpu, field1, bits1);
        Flip(cpu, field2, bits2);
        Flip(cpu, field3, bits3);
        Assert.Equal(sentence, FindViolation(cpu));
    }

    private VmxVirtualCpu Create(Mode mode)
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        cpu.Registers.Rflags = InterruptFlag;
        switch (mode)
        {
            case Mode.Protected:
                TestVmx.EnterProtectedMode(cpu);
                break;
            case Mode.Virtual8086:
                TestVmx.EnterVirtual8086(cpu);
                break;
            case Mode.Long:
                TestVmx.EnterLongMode(cpu);
                break;
            default:
                break;
        }

        return cpu;
    }

    private static string? FindViolation(VmxVirtualCpu cpu) =>
        VmxEntryChecks.FindViolation(cpu.Vmcs, cpu.Capabilities, in cpu.Registers);

    private static void Flip(VmxVirtualCpu cpu, object? field, ulong bits)
    {
        switch (field)
        {
            case F16 word:
                cpu.Vmcs.Write(word, (ushort)(cpu.Vmcs.Read(word) ^ bits));
                break;
            case F32 word:
                cpu.Vmcs.Write(word, cpu.Vmcs.Read(word) ^ (uint)bits);
                break;
            case F64 word:
                cpu.Vmcs.Write(word, cpu.Vmcs.Read(word) ^ bits);
                break;
            case Nat word:
                cpu.Vmcs.Write(word, cpu.Vmcs.Read(word) ^ bits);
                break;
            default:
                break;
        }
    }
}
