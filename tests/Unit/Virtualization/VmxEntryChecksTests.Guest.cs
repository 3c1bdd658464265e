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

/// <summary>The rules about the guest's state (SDM volume 3, 27.3).</summary>
public sealed partial class VmxEntryChecksTests
{
    // ---- 27.3.1.1: control registers, debug registers, MSRs ---------------------------------------------------------

    [Theory]
    [InlineData("a bit of the guest's CR0 that VMX fixes", Mode.Long, Nat.GuestCr0, 0x20UL)]
    [InlineData("a bit of the guest's CR0 that VMX fixes", Mode.Long, Nat.GuestCr0, 1UL << 32)]
    [InlineData("a bit of the guest's CR0 that VMX fixes", Mode.Real,
        F32.SecondaryControls, (ulong)SecondaryControls.UnrestrictedGuest)]
    [InlineData(null, Mode.Long, F32.SecondaryControls, (ulong)SecondaryControls.UnrestrictedGuest)]
    [InlineData(null, Mode.Long, Nat.GuestCr0, 0x6000_0000UL)]
    [InlineData("the guest's CR0.PG without CR0.PE", Mode.Real, Nat.GuestCr0, 1UL << 31)]
    [InlineData("a bit of the guest's CR4 that VMX fixes", Mode.Long, Nat.GuestCr4, 0x2000UL)]
    [InlineData("a bit of the guest's CR4 that VMX fixes", Mode.Long, Nat.GuestCr4, 1UL << 24)]
    [InlineData("the guest's CR4.CET without CR0.WP", Mode.Long, Nat.GuestCr4, 1UL << 23)]
    [InlineData(null, Mode.Long, Nat.GuestCr4, 1UL << 23, Nat.GuestCr0, 1UL << 16)]
    [InlineData("a reserved bit of the guest's DEBUGCTL", Mode.Long, F64.GuestDebugControl, 8UL)]
    [InlineData(null, Mode.Long, F64.GuestDebugControl, 8UL,
        F32.EntryControls, (ulong)EntryControls.LoadDebugControls)]
    [InlineData("a reserved bit of the guest's DR7", Mode.Long, Nat.GuestDr7, 1UL << 32)]
    [InlineData("long mode without CR0.PG", Mode.Long, Nat.GuestCr0, 1UL << 31)]
    [InlineData("long mode without CR4.PAE", Mode.Long, Nat.GuestCr4, 0x20UL)]
    [InlineData("the guest's CR4.PCIDE outside long mode", Mode.Protected, Nat.GuestCr4, 1UL << 17)]
    [InlineData("the guest's CR3 beyond the processor's physical addresses", Mode.Long, Nat.GuestCr3, BeyondPhysical)]
    [InlineData("the guest's SYSENTER_ESP is not canonical", Mode.Long, Nat.GuestSysenterEsp, BeyondLinear)]
    [InlineData("the guest's SYSENTER_EIP is not canonical", Mode.Long, Nat.GuestSysenterEip, BeyondLinear)]
    [InlineData("the guest's PAT has a memory type that there is not", Mode.Long, F64.GuestPat, 4UL)]
    [InlineData("a reserved bit of the guest's EFER", Mode.Long, F64.GuestEfer, 2UL)]
    [InlineData("the guest's EFER.LMA is not the control for long mode", Mode.Long, F64.GuestEfer, 0x400UL)]
    [InlineData("the guest's EFER.LMA is not the control for long mode", Mode.Protected, F64.GuestEfer, 0x400UL)]
    [InlineData("the guest's EFER.LMA is not EFER.LME while paging is on", Mode.Long, F64.GuestEfer, 0x100UL)]
    [InlineData(null, Mode.Protected, F64.GuestEfer, 0x100UL)]
    public void Registers(
        string? sentence, Mode mode, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0) =>
        Check(sentence, mode, field1, bits1, field2, bits2);

    // ---- 27.3.1.2: segment registers --------------------------------------------------------------------------------

    [Theory]
    [InlineData("CS: a base above 4 GiB", Nat.GuestCsBase, 1UL << 32)]
    [InlineData("CS: a type that is not that of accessed code", F32.GuestCsRights, 1UL)]
    [InlineData(null, F32.GuestCsRights, 8UL)]
    [InlineData("CS: a system segment", F32.GuestCsRights, 0x10UL)]
    [InlineData("CS: data of another privilege level than 0", F32.GuestCsRights, 0x68UL)]
    [InlineData("CS: another privilege level than that of SS", F32.GuestCsRights, 0x60UL)]
    [InlineData("CS: conforming code of less privilege than SS", F32.GuestCsRights, 0x64UL)]
    [InlineData("CS: not present", F32.GuestCsRights, 0x80UL)]
    [InlineData("CS: access rights with a reserved bit", F32.GuestCsRights, 0x100UL)]
    [InlineData("CS: access rights with a reserved bit", F32.GuestCsRights, 1UL << 17)]
    [InlineData(null, F32.GuestCsRights, 1UL << 16)]
    [InlineData("CS: a limit that does not agree with the granularity", F32.GuestCsLimit, 1UL)]
    [InlineData("SS: a privilege level other than 0 in real mode or beside data in CS",
        F32.GuestCsRights, 8UL, F32.GuestSsRights, 0x60UL)]
    [InlineData("SS: a base above 4 GiB", Nat.GuestSsBase, 1UL << 32)]
    [InlineData("SS: a type that is not that of accessed, writable data", F32.GuestSsRights, 2UL)]
    [InlineData(null, F32.GuestSsRights, 4UL)]
    [InlineData("SS: a system segment", F32.GuestSsRights, 0x10UL)]
    [InlineData("SS: usable and not present", F32.GuestSsRights, 0x80UL)]
    [InlineData("SS: access rights with a reserved bit", F32.GuestSsRights, 0x100UL)]
    [InlineData("SS: a limit that does not agree with the granularity", F32.GuestSsLimit, 1UL)]
    [InlineData(null, F32.GuestSsRights, 0x1_0190UL, Nat.GuestSsBase, 1UL << 32)]
    [InlineData("DS or ES: a base above 4 GiB", Nat.GuestDsBase, 1UL << 32)]
    [InlineData("DS or ES: a base above 4 GiB", Nat.GuestEsBase, 1UL << 32)]
    [InlineData(null, Nat.GuestFsBase, 1UL << 32, Nat.GuestGsBase, 1UL << 32)]
    [InlineData("DS, ES, FS or GS: a segment that is not accessed", F32.GuestDsRights, 1UL)]
    [InlineData("DS, ES, FS or GS: a segment that is not accessed", F32.GuestEsRights, 1UL)]
    [InlineData("DS, ES, FS or GS: a segment that is not accessed", F32.GuestFsRights, 1UL)]
    [InlineData("DS, ES, FS or GS: a segment that is not accessed", F32.GuestGsRights, 1UL)]
    [InlineData("DS, ES, FS or GS: code that cannot be read", F32.GuestDsRights, 0xAUL)]
    [InlineData("DS, ES, FS or GS: a system segment", F32.GuestEsRights, 0x10UL)]
    [InlineData(null, F16.GuestFsSelector, 3UL)]
    [InlineData("DS, ES, FS or GS: usable and not present", F32.GuestGsRights, 0x80UL)]
    [InlineData("DS, ES, FS or GS: access rights with a reserved bit", F32.GuestDsRights, 0x100UL)]
    [InlineData("DS, ES, FS or GS: access rights with a reserved bit", F32.GuestDsRights, 1UL << 17)]
    [InlineData("DS, ES, FS or GS: a limit that does not agree with the granularity", F32.GuestEsLimit, 1UL)]
    [InlineData(null, F32.GuestDsRights, 0x1_0190UL, Nat.GuestDsBase, 1UL << 32)]
    [InlineData("FS or GS: a base that is not canonical", Nat.GuestFsBase, BeyondLinear)]
    [InlineData("FS or GS: a base that is not canonical", Nat.GuestGsBase, BeyondLinear)]
    public void Segments(
        string? sentence, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0, object? field3 = null,
        ulong bits3 = 0) =>
        Check(sentence, Mode.Protected, field1, bits1, field2, bits2, field3, bits3);

    /// <summary>Rules of a guest that is not unrestricted; they are made for all rings.</summary>
    [Theory]
    [InlineData("CS: a type that is not that of accessed code", F32.GuestCsRights, 8UL)]
    [InlineData("SS: another RPL than that of CS", F16.GuestSsSelector, 1UL)]
    [InlineData("SS: a privilege level that is not its RPL", F16.GuestSsSelector, 3UL, F16.GuestCsSelector, 3UL)]
    [InlineData("DS, ES, FS or GS: more privilege than the RPL", F16.GuestFsSelector, 3UL)]
    [InlineData(null, F16.GuestFsSelector, 3UL, F32.GuestFsRights, 0x60UL)]
    [InlineData(null, F16.GuestFsSelector, 3UL, F32.GuestFsRights, 0xCUL)]
    public void SegmentsOfARestrictedGuest(
        string? sentence, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0) =>
        Check(sentence, Mode.Long, field1, bits1, field2, bits2,
            F32.SecondaryControls, (ulong)SecondaryControls.UnrestrictedGuest);

    [Theory]
    [InlineData("CS: both 64-bit and 32-bit code", Mode.Long, F32.GuestCsRights, 0x4000UL)]
    [InlineData("CS: a limit that does not agree with the granularity", Mode.Real, F32.GuestCsLimit, 1UL << 20)]
    [InlineData("SS: a privilege level other than 0 in real mode or beside data in CS", Mode.Real,
        F32.GuestCsRights, 0x60UL, F32.GuestSsRights, 0x60UL)]
    [InlineData("a segment base in virtual-8086 mode is not 16 times the selector", Mode.Virtual8086,
        Nat.GuestGsBase, 0x10UL)]
    [InlineData("a segment limit in virtual-8086 mode is not FFFFh", Mode.Virtual8086, F32.GuestEsLimit, 1UL)]
    [InlineData("access rights in virtual-8086 mode are not F3h", Mode.Virtual8086, F32.GuestCsRights, 8UL)]
    [InlineData("TR: a type that is not that of a busy task", Mode.Long, F32.GuestTrRights, 8UL)]
    [InlineData(null, Mode.Protected, F32.GuestTrRights, 8UL)]
    public void SegmentsByMode(
        string? sentence, Mode mode, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0) =>
        Check(sentence, mode, field1, bits1, field2, bits2);

    [Theory]
    [InlineData("TR: a selector of the local table", F16.GuestTrSelector, 4UL)]
    [InlineData("TR: a base that is not canonical", Nat.GuestTrBase, BeyondLinear)]
    [InlineData("TR: a type that is not that of a busy task", F32.GuestTrRights, 2UL)]
    [InlineData("TR: not a system segment", F32.GuestTrRights, 0x10UL)]
    [InlineData("TR: not present", F32.GuestTrRights, 0x80UL)]
    [InlineData("TR: access rights with a reserved bit", F32.GuestTrRights, 0x100UL)]
    [InlineData("TR: a limit that does not agree with the granularity", F32.GuestTrLimit, 1UL << 20)]
    [InlineData("TR: unusable", F32.GuestTrRights, 1UL << 16)]
    [InlineData("LDTR: a selector of the local table", F16.GuestLdtrSelector, 4UL)]
    [InlineData("LDTR: a base that is not canonical", Nat.GuestLdtrBase, BeyondLinear)]
    [InlineData("LDTR: a type that is not that of a local table", F32.GuestLdtrRights, 1UL)]
    [InlineData("LDTR: not a system segment", F32.GuestLdtrRights, 0x10UL)]
    [InlineData("LDTR: usable and not present", F32.GuestLdtrRights, 0x80UL)]
    [InlineData("LDTR: access rights with a reserved bit", F32.GuestLdtrRights, 0x100UL)]
    [InlineData("LDTR: a limit that does not agree with the granularity", F32.GuestLdtrLimit, 1UL << 20)]
    [InlineData(null, F32.GuestLdtrRights, 0x1_0193UL, Nat.GuestLdtrBase, BeyondLinear)]
    [InlineData("GDTR: a base that is not canonical", Nat.GuestGdtrBase, BeyondLinear)]
    [InlineData("IDTR: a base that is not canonical", Nat.GuestIdtrBase, BeyondLinear)]
    [InlineData("GDTR: a limit above FFFFh", F32.GuestGdtrLimit, 0x1_0000UL)]
    [InlineData("IDTR: a limit above FFFFh", F32.GuestIdtrLimit, 0x1_0000UL)]
    public void SystemSegments(string? sentence, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0) =>
        Check(sentence, Mode.Long, field1, bits1, field2, bits2);

    // ---- 27.3.1.4: RIP and RFLAGS -----------------------------------------------------------------------------------

    [Theory]
    [InlineData("RIP above 4 GiB outside 64-bit mode", Mode.Protected, 1UL << 32, InterruptFlag)]
    [InlineData("RIP beyond the processor's linear addresses", Mode.Long, 1UL << 48, InterruptFlag)]
    [InlineData(null, Mode.Long, 1UL << 47, InterruptFlag)]
    [InlineData(null, Mode.Long, 0xFFFF_0000_0000_0000UL, InterruptFlag)]
    [InlineData("a reserved bit of RFLAGS", Mode.Long, 0UL, 0UL)]
    [InlineData("a reserved bit of RFLAGS", Mode.Long, 0UL, 0xAUL)]
    [InlineData("a reserved bit of RFLAGS", Mode.Long, 0UL, 0x22UL)]
    [InlineData("a reserved bit of RFLAGS", Mode.Long, 0UL, 0x8002UL)]
    [InlineData("a reserved bit of RFLAGS", Mode.Long, 0UL, 0x40_0002UL)]
    [InlineData("a reserved bit of RFLAGS", Mode.Long, 0UL, 0x8000_0000_0000_0002UL)]
    [InlineData(null, Mode.Long, 0UL, 0x3D_7FD7UL)]
    [InlineData("an interrupt for a guest with RFLAGS.IF clear", Mode.Long, 0UL, 2UL, F32.EntryEvent, 0x8000_0021UL)]
    [InlineData("the shadow of STI with RFLAGS.IF clear", Mode.Long, 0UL, 2UL, F32.GuestInterruptibility, 1UL)]
    [InlineData(null, Mode.Long, 0UL, 2UL, F32.GuestInterruptibility, 2UL)]
    [InlineData("a single step that is not pending in a shadow or a halt", Mode.Long, 0UL, 0x302UL,
        F32.GuestInterruptibility, 1UL)]
    [InlineData("a single step that is not pending in a shadow or a halt", Mode.Long, 0UL, 0x302UL,
        F32.GuestActivity, 1UL)]
    [InlineData(null, Mode.Long, 0UL, 0x302UL, F32.GuestInterruptibility, 1UL, Nat.GuestPendingDebug, 0x4000UL)]
    [InlineData(null, Mode.Long, 0UL, 0x302UL, F32.GuestInterruptibility, 1UL, F64.GuestDebugControl, 2UL)]
    [InlineData(null, Mode.Long, 0UL, 0x302UL)]
    public void RipAndFlags(
        string? sentence, Mode mode, ulong rip, ulong flags, object? field1 = null, ulong bits1 = 0,
        object? field2 = null, ulong bits2 = 0)
    {
        VmxVirtualCpu cpu = Create(mode);
        cpu.Registers.Rip = rip;
        cpu.Registers.Rflags = flags;
        Flip(cpu, field1, bits1);
        Flip(cpu, field2, bits2);
        Assert.Equal(sentence, FindViolation(cpu));
    }

    [Fact]
    public void Virtual8086Mode_IsAModeOfProtectedModeOnly()
    {
        Check("virtual-8086 mode in real mode", Mode.Virtual8086, Nat.GuestCr0, 1UL);
        VmxVirtualCpu cpu = Create(Mode.Virtual8086);
        cpu.WriteState(StateRegister.Cr4, 0x20);
        cpu.WriteState(StateRegister.Efer, 0x500);
        cpu.WriteState(StateRegister.Cr0, 0x8000_0031);
        Assert.Equal("virtual-8086 mode in long mode", FindViolation(cpu));
    }

    // ---- 27.3.1.5: what is not a register ---------------------------------------------------------------------------

    [Theory]
    [InlineData("an activity state that there is not", F32.GuestActivity, 4UL)]
    [InlineData("a halted guest outside ring 0",
        F32.GuestActivity, 1UL, F32.GuestSsRights, 0x60UL, F32.GuestCsRights, 0x60UL)]
    [InlineData("a guest that is not active in the shadow of STI or MOV SS",
        F32.GuestActivity, 1UL, F32.GuestInterruptibility, 2UL)]
    [InlineData("an event for a guest that is not active enough to take it",
        F32.GuestActivity, 1UL, F32.EntryEvent, 0x8000_0B0DUL)]
    [InlineData("an event for a guest that is not active enough to take it",
        F32.GuestActivity, 2UL, F32.EntryEvent, 0x8000_0021UL)]
    [InlineData("an event for a guest that is not active enough to take it",
        F32.GuestActivity, 3UL, F32.EntryEvent, 0x8000_0202UL)]
    [InlineData(null, F32.GuestActivity, 1UL, F32.EntryEvent, 0x8000_0021UL)]
    [InlineData(null, F32.GuestActivity, 1UL, F32.EntryEvent, 0x8000_0202UL)]
    [InlineData(null, F32.GuestActivity, 1UL, F32.EntryEvent, 0x8000_0301UL)]
    [InlineData(null, F32.GuestActivity, 1UL, F32.EntryEvent, 0x8000_0312UL)]
    [InlineData(null, F32.GuestActivity, 1UL, F32.EntryEvent, 0x8000_0700UL)]
    [InlineData(null, F32.GuestActivity, 2UL, F32.EntryEvent, 0x8000_0202UL)]
    [InlineData(null, F32.GuestActivity, 2UL, F32.EntryEvent, 0x8000_0312UL)]
    [InlineData(null, F32.GuestActivity, 3UL)]
    [InlineData("a reserved bit of the interruptibility state", F32.GuestInterruptibility, 0x20UL)]
    [InlineData("the shadows of STI and of MOV SS together", F32.GuestInterruptibility, 3UL)]
    [InlineData("an interrupt in the shadow of STI or MOV SS",
        F32.GuestInterruptibility, 1UL, F32.EntryEvent, 0x8000_0021UL)]
    [InlineData("an interrupt in the shadow of STI or MOV SS",
        F32.GuestInterruptibility, 2UL, F32.EntryEvent, 0x8000_0021UL)]
    [InlineData("an NMI in the shadow of STI or MOV SS",
        F32.GuestInterruptibility, 1UL, F32.EntryEvent, 0x8000_0202UL)]
    [InlineData("an NMI in the shadow of STI or MOV SS",
        F32.GuestInterruptibility, 2UL, F32.EntryEvent, 0x8000_0202UL)]
    [InlineData("blocking by SMI outside SMM", F32.GuestInterruptibility, 4UL)]
    [InlineData("an NMI while NMIs are blocked", F32.GuestInterruptibility, 8UL, F32.EntryEvent, 0x8000_0202UL)]
    [InlineData(null, F32.GuestInterruptibility, 8UL, F32.EntryEvent, 0x8000_0021UL)]
    [InlineData("the shadow of MOV SS in an enclave", F32.GuestInterruptibility, 0x12UL)]
    [InlineData("an enclave, which the processor does not have", F32.GuestInterruptibility, 0x10UL)]
    [InlineData("a reserved bit of the pending debug exceptions", Nat.GuestPendingDebug, 0x10UL)]
    [InlineData("a reserved bit of the pending debug exceptions", Nat.GuestPendingDebug, 0x2000UL)]
    [InlineData("a reserved bit of the pending debug exceptions", Nat.GuestPendingDebug, 0x2_0000UL)]
    [InlineData("a pending single step without a trap flag in a shadow or a halt",
        Nat.GuestPendingDebug, 0x4000UL, F32.GuestInterruptibility, 1UL)]
    [InlineData(null, Nat.GuestPendingDebug, 0x5001UL)]
    [InlineData("a pending debug exception of a transaction together with others", Nat.GuestPendingDebug, 0x1_1001UL)]
    [InlineData("a pending debug exception of a transaction, which the processor does not have",
        Nat.GuestPendingDebug, 0x1_1000UL)]
    [InlineData("a VMCS link pointer that is not a page", F64.VmcsLinkPointer, ~0xB008UL)]
    [InlineData("a VMCS link pointer that is not a page", F64.VmcsLinkPointer, ~BeyondPhysical)]
    [InlineData("a VMCS link pointer to something else than a VMCS", F64.VmcsLinkPointer, ~0xB000UL)]
    public void State(
        string? sentence, object field1, ulong bits1, object? field2 = null, ulong bits2 = 0, object? field3 = null,
        ulong bits3 = 0) =>
        Check(sentence, Mode.Long, field1, bits1, field2, bits2, field3, bits3);

    [Fact]
    public void AnActivityState_NeedsAProcessorThatHasIt()
    {
        TestVmx.Msrs[Msr.VmxMiscellaneous] &= ~(1UL << 6);
        Check("an activity state that the processor does not support", Mode.Long, F32.GuestActivity, 1UL);
        Check(null, Mode.Long, F32.GuestActivity, 2UL);
    }

    [Fact]
    public void WhatComesOfAFeature_NeedsAProcessorThatHasIt()
    {
        FakeProcessor.Current.CpuidLeaves[(7, 0)] = new CpuidResult(0, (1 << 2) | (1 << 11), 0, 0);
        Check(null, Mode.Long, F32.GuestInterruptibility, 0x10UL);
        Check(null, Mode.Long, Nat.GuestPendingDebug, 0x1_1000UL);
        Check("a pending debug exception of a transaction in the shadow of MOV SS",
            Mode.Long, Nat.GuestPendingDebug, 0x1_1000UL, F32.GuestInterruptibility, 2UL);
    }

    [Fact]
    public void ALinkedVmcs_HasTheRevisionAndTheMarkOfAShadow()
    {
        var page = new TablePage(new HostPhysical(0xB000));
        page[0] = TestVmx.Revision;
        Check(null, Mode.Long, F64.VmcsLinkPointer, ~0xB000UL);
        Check("a VMCS link pointer to something else than a VMCS", Mode.Long, F64.VmcsLinkPointer, ~0xB000UL,
            F32.SecondaryControls, (ulong)SecondaryControls.VmcsShadowing);
        page[0] = TestVmx.Revision | 0x8000_0000;
        Check(null, Mode.Long, F64.VmcsLinkPointer, ~0xB000UL,
            F32.SecondaryControls, (ulong)SecondaryControls.VmcsShadowing);
        page[0] = 0;
    }

    // ---- 27.3.1.6: page-directory-pointer-table entries -------------------------------------------------------------

    [Theory]
    [InlineData(null, F64.GuestPdpte0, 0x2001UL)]
    [InlineData(null, F64.GuestPdpte0, 0x1E6UL)]
    [InlineData("a reserved bit of a page-directory pointer", F64.GuestPdpte0, 0x3UL)]
    [InlineData("a reserved bit of a page-directory pointer", F64.GuestPdpte1, 0x21UL)]
    [InlineData("a reserved bit of a page-directory pointer", F64.GuestPdpte2, 0x101UL)]
    [InlineData("a reserved bit of a page-directory pointer", F64.GuestPdpte3, BeyondPhysical | PdpteFlags)]
    public void Pointers(string? sentence, object field, ulong bits) =>
        Check(sentence, Mode.Protected, field, bits, Nat.GuestCr0, 1UL << 31, Nat.GuestCr4, 0x20UL);
}
