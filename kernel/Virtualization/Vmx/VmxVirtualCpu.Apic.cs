// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The virtual-APIC page, which is the local APIC's page of registers: the TPR shadow, and where the processor can do
/// it, APIC-register virtualization, virtual-interrupt delivery and posted interrupts (SDM volume 3, chapter 30).
/// </summary>
internal sealed partial class VmxVirtualCpu
{
    private const int TaskPriorityWord = 0x80 / sizeof(uint);
    private const int ClassShift = 4;
    private const int StatusShift = 8;
    private const int BitmapWords = 8;
    private const int BitsPerWord = 32;
    private const uint FieldStride = 2;

    private readonly HostPhysical _msrs;
    private readonly HostPhysical _apicMsrs;
    private readonly PostedInterrupts _posted;
    private readonly uint[] _endExits = new uint[BitmapWords];
    private RegisterPage _apicPage;
    private bool _hasSiblings;

    /// <summary>
    /// Its accesses to FEE0_0000h are virtualized, and a sibling's with the same EPT pointer may not be: what this
    /// processor learned of the page meanwhile is invalidated before the vCPU goes on (SDM volume 3, 30.4.5).
    /// </summary>
    private bool _sharesApicPage;

    public override bool DeliversInterrupts => _vendor.DeliversInterrupts;

    /// <summary>
    /// The task-priority register of the virtual-APIC page, from which MOV from CR8 reads where there is a TPR shadow.
    /// MOV to CR8 leaves the guest where the processor does not deliver interrupts (SDM volume 3, 30.3).
    /// </summary>
    public override byte TaskPriority
    {
        get => (byte)((_apicPage[TaskPriorityWord] >> ClassShift) & 0xF);
        set
        {
            if (value != TaskPriority)
            {
                _apicPage[TaskPriorityWord] = (uint)value << ClassShift;
            }
        }
    }

    public override void HaveSiblings() => _hasSiblings = true;

    public override void UseApicPage(RegisterPage page)
    {
        _apicPage = page;
        if (_vendor.Capabilities.Has(ProcessorControls.TprShadow))
        {
            _vmcs.Write(VmcsField64.VirtualApicPage, page.Address.Value);
            _vmcs.Write(VmcsField32.TprThreshold, 0);
        }

        if (_vendor.DeliversInterrupts)
        {
            _ = Map.TryTranslate(new GuestPhysical(ApicBase.ResetAddress), out HostPhysical access, out _);
            _vmcs.Write(VmcsField64.ApicAccessPage, access.Value);
            _vmcs.Write(VmcsField16.GuestInterruptStatus, 0);
            for (uint index = 0; index < BitmapWords / 2; index++)
            {
                _vmcs.Write(VmcsField64.EndExitBitmap0 + (index * FieldStride), 0);
            }
        }

        if (_vendor.PostsInterrupts)
        {
            _vmcs.Write(VmcsField64.PostedInterrupts, _posted.Address.Value);
            _vmcs.Write(VmcsField16.NotificationVector, LocalApic.NotificationVector);
        }
    }

    /// <summary>
    /// What the processor knows of the page at FEE0_0000h may stem from the other mode (SDM volume 3, 29.4.3.3). The
    /// MSRs reach the APIC without an exit in x2APIC mode only: in any other they would be the host's own.
    /// </summary>
    public override void SetApicMode(ApicMode mode)
    {
        const SecondaryControls Modes = SecondaryControls.ApicAccesses | SecondaryControls.X2ApicMode;
        var secondary = (SecondaryControls)_vmcs.Read(VmcsField32.SecondaryControls) & ~Modes;
        secondary |= mode switch
        {
            ApicMode.Page => SecondaryControls.ApicAccesses,
            ApicMode.Msrs => SecondaryControls.X2ApicMode,
            _ => SecondaryControls.None,
        };
        _vmcs.Write(VmcsField32.SecondaryControls, (uint)secondary);
        _vmcs.Write(VmcsField64.MsrBitmap, mode == ApicMode.Msrs ? _apicMsrs.Value : _msrs.Value);
        _sharesApicPage = _hasSiblings && mode == ApicMode.Page;
        _mapGeneration = 0;
        _mustFlush = true;
    }

    public override void Post(byte vector) => RequestPosted(_posted.Post(vector), _vendor.PostsInterrupts);

    public override void CollectPosted() => _posted.CollectInto(_apicPage);

    public override void SetInterruptStatus(byte requested, byte inService) =>
        _vmcs.Write(VmcsField16.GuestInterruptStatus, (ushort)((inService << StatusShift) | requested));

    public override void SetEndExits(int word, uint vectors)
    {
        if (_endExits[word] != vectors)
        {
            _endExits[word] = vectors;
            int low = word & ~1;
            ulong both = ((ulong)_endExits[low + 1] << BitsPerWord) | _endExits[low];
            _vmcs.Write(VmcsField64.EndExitBitmap0 + ((uint)(low / 2) * FieldStride), both);
        }
    }
}
