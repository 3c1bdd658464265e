// SPDX-License-Identifier: MIT
using System.Numerics;
using Hypervisor.Memory;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>
/// A vCPU whose processor works on the local APIC's page as Intel SDM volume 3, chapter 30, says: it delivers, ends and
/// takes what was posted.
/// </summary>
internal sealed class DeliveringCpu : FakeCpu
{
    private const int Requesting = 0x20;
    private const int InService = 0x10;
    private readonly uint[] _posted = new uint[8];
    private readonly uint[] _endExits = new uint[8];
    private RegisterPage _page;

    public override bool DeliversInterrupts => true;

    public ApicMode Mode { get; private set; }

    public byte Requested { get; private set; }

    public byte Served { get; private set; }

    public override void UseApicPage(RegisterPage page) => _page = page;

    public override void SetApicMode(ApicMode mode) => Mode = mode;

    public override void Post(byte vector)
    {
        _posted[vector / 32] |= 1u << (vector % 32);
        RequestPosted(mustTell: true, withoutExit: true);
    }

    public override void CollectPosted()
    {
        for (int word = 0; word < 8; word++)
        {
            Word(Requesting, word) |= _posted[word];
            _posted[word] = 0;
        }
    }

    public override void SetInterruptStatus(byte requested, byte inService)
    {
        Requested = requested;
        Served = inService;
    }

    public override void SetEndExits(int word, uint vectors) => _endExits[word] = vectors;

    /// <summary>An entry: the vector that comes into the guest, or -1 (30.2.1, 30.2.2).</summary>
    public int Deliver()
    {
        if ((Requested & 0xF0) <= (_page[0xA * 4] & 0xF0))
        {
            return -1;
        }

        int vector = Requested;
        Word(Requesting, vector / 32) &= ~(1u << (vector % 32));
        Word(InService, vector / 32) |= 1u << (vector % 32);
        _page[0xA * 4] = (uint)vector & 0xF0;
        Served = (byte)vector;
        Requested = Highest(Requesting);
        return vector;
    }

    /// <summary>The guest's EOI: the vector whose end leaves the guest, or -1 (30.1.4).</summary>
    public int End()
    {
        byte ended = Served;
        Word(InService, ended / 32) &= ~(1u << (ended % 32));
        Served = Highest(InService);
        _page[0xA * 4] = System.Math.Max(_page[0x8 * 4] & 0xF0, (uint)Served & 0xF0);
        return (_endExits[ended / 32] >> (ended % 32) & 1) != 0 ? ended : -1;
    }

    private ref uint Word(int register, int word) => ref _page[(register + word) * 4];

    private byte Highest(int register)
    {
        for (int word = 7; word >= 0; word--)
        {
            if (Word(register, word) != 0)
            {
                return (byte)((word * 32) + BitOperations.Log2(Word(register, word)));
            }
        }

        return 0;
    }
}
