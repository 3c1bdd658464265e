// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <content>
/// A processor that takes interrupts out of the register page by itself (Intel SDM volume 3, chapter 30). Then it and
/// the one that runs the vCPU are alone with IRR and ISR; what others ask for is posted, and collected before an entry.
/// </content>
public sealed partial class LocalApic
{
    /// <summary>
    /// Level-triggered interrupts that were asked for, as words of IRR. They are never posted to the processor: it has
    /// to know first that their end must be told to the I/O APIC.
    /// </summary>
    private readonly uint[] _levels = new uint[VectorWords];

    private bool _isShared;

    /// <summary>Names the vCPU whose APIC this is, and tells it of the registers; before its first entry.</summary>
    public void Attach(VirtualCpu cpu)
    {
        _cpu = cpu;
        cpu.UseApicPage(_page);
        _isShared = cpu.DeliversInterrupts;
        TellMode();
    }

    public override bool IsExternalPending => _bus.IsExternalAsserted && AcceptsExternal;

    public override void Synchronize()
    {
        VirtualCpu cpu = _cpu!;
        cpu.CollectPosted();
        for (int word = 0; word < VectorWords; word++)
        {
            if (Volatile.Read(ref _levels[word]) != 0)
            {
                Register(ApicRegister.InterruptRequest + word) |= Interlocked.Exchange(ref _levels[word], 0);
            }

            cpu.SetEndExits(word, Volatile.Read(ref Register(ApicRegister.TriggerMode + word)));
        }

        int requested = RequestedVector;
        int inService = HighestInService();
        cpu.SetInterruptStatus((byte)(requested < 0 ? 0 : requested), (byte)(inService < 0 ? 0 : inService));
    }

    /// <summary>The processor has stored what the guest wrote; what that does is left to do.</summary>
    public override void Written(int offset)
    {
        int register = offset / BytesPerRegister;
        if (register == ApicRegister.SelfIpi)
        {
            SendToSelf((byte)Register(register));
        }
        else if (register < ApicRegister.Count)
        {
            WriteRegister(register, Register(register));
        }
    }

    public override void Ended(byte vector) => TellEnd(vector);

    /// <summary>Callable from any processor.</summary>
    private void Post(byte vector, bool isLevel)
    {
        if (isLevel)
        {
            _ = Interlocked.Or(ref _levels[vector / BitsPerWord], 1u << (vector % BitsPerWord));
            _cpu!.Request(CpuRequests.Interrupt);
        }
        else
        {
            _cpu!.Post(vector);
        }
    }

    /// <summary>How the guest reaches the registers has changed, or what of them counts.</summary>
    private void TellMode()
    {
        if (_isShared)
        {
            bool isInPlace = IsPageEnabled && BaseAddress == PcLayout.LocalApicBase;
            _cpu!.SetApicMode(IsX2ApicEnabled ? ApicMode.Msrs : isInPlace ? ApicMode.Page : ApicMode.None);
            _cpu.Request(CpuRequests.Interrupt);
        }
    }

    /// <summary>A reset: what was asked for by then does not come any more.</summary>
    private void ForgetPosted()
    {
        if (_isShared)
        {
            _cpu!.CollectPosted();
            Array.Clear(_levels);
        }
    }

    /// <summary>Which words of IRR and ISR have bits is seen in the page, where the processor changes them.</summary>
    private void Summarize()
    {
        if (!_isShared)
        {
            return;
        }

        uint requested = 0;
        uint inService = 0;
        for (int word = 0; word < VectorWords; word++)
        {
            uint bit = 1u << word;
            requested |= Register(ApicRegister.InterruptRequest + word) != 0 ? bit : 0;
            inService |= Register(ApicRegister.InService + word) != 0 ? bit : 0;
        }

        _requestedWords = requested;
        _inServiceWords = inService;
    }
}
