// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// Makes a hypervisor's handlers run: every kind of exit that a guest can cause, every bus, a timer, interrupts in all
/// their corners. What the guest sees of it does not matter here; the fault trials of a checked build count who was
/// reached.
/// </summary>
internal static class ProvocationTests
{
    /// <summary>
    /// Every handler several times in one life, so that a fault can come at a later one than the first.
    /// </summary>
    private const int Rounds = 4;

    private const int Vector = 0x51;
    private const int SerialVector = 0x52;
    private const uint TimerCount = 500_000;
    private const ushort SerialInterruptEnable = 0x3f9;
    private const byte TransmitterEmptyInterrupt = 2;
    private const int SerialPin = 4;
    private const ulong Hole = 0xd0000000;

    /// <summary>
    /// Each leaves the guest on one processor or another; where it does not, or raises an exception, all goes on.
    /// </summary>
    private static readonly byte[][] s_instructions =
    [
        [0x53, 0x31, 0xc0, 0x0f, 0xa2, 0x5b], // push rbx; xor eax, eax; cpuid; pop rbx
        [0x0f, 0x01, 0xd9], // vmmcall
        [0x0f, 0x01, 0xc1], // vmcall
        [0xb9, 0x1b, 0x00, 0x00, 0x00, 0x0f, 0x32, 0x0f, 0x30], // mov ecx, 1bh (APIC base); rdmsr; wrmsr
        [0xb9, 0xff, 0xff, 0x00, 0x00, 0x0f, 0x32], // mov ecx, ffffh (none); rdmsr
        [0x0f, 0x20, 0xe0, 0x0f, 0x22, 0xe0], // mov rax, cr4; mov cr4, rax
        [0x44, 0x0f, 0x20, 0xc0, 0x44, 0x0f, 0x22, 0xc0], // mov rax, cr8; mov cr8, rax
        [0x0f, 0x20, 0xd8, 0x48, 0x0f, 0xba, 0xe8, 0x3e, 0x0f, 0x22, 0xd8], // mov rax, cr3; bts rax, 62; mov cr3, rax
        [0x0f, 0x21, 0xf8, 0x0f, 0x23, 0xf8], // mov rax, dr7; mov dr7, rax
        [0x9c, 0x66, 0x81, 0x0c, 0x24, 0x00, 0x01, 0x9d, 0x90], // pushfq; or word [rsp], TF; popfq; nop
        // mov rax, cr4; bts eax, 18 (OSXSAVE); mov cr4, rax
        [0x0f, 0x20, 0xe0, 0x0f, 0xba, 0xe8, 0x12, 0x0f, 0x22, 0xe0],
        [0x31, 0xc9, 0x0f, 0x01, 0xd0, 0x0f, 0x01, 0xd1], // xor ecx, ecx; xgetbv; xsetbv
        [0x0f, 0x31], // rdtsc
        [0x31, 0xc9, 0x0f, 0x33], // xor ecx, ecx; rdpmc
        [0xb9, 0x10, 0x27, 0x00, 0x00, 0xf3, 0x90, 0xff, 0xc9, 0x75, 0xfa], // mov ecx, 10000; pause; dec ecx; jnz to it
        [0x0f, 0x09], // wbinvd
        [0x0f, 0x01, 0x3c, 0x24], // invlpg [rsp]
        [0x48, 0x89, 0xe0, 0x31, 0xc9, 0x31, 0xd2, 0x0f, 0x01, 0xc8], // mov rax, rsp; xor ecx, ecx; edx too; monitor
        [0x0f, 0x01, 0xdc], // stgi
        [0x0f, 0x01, 0xc4], // vmxoff
        [0xe6, 0x80], // out 80h, al
        [0x66, 0xba, 0xfd, 0x03, 0xec], // mov dx, 3fdh; in al, dx
        [0x48, 0x89, 0xe6, 0x66, 0xba, 0x80, 0x00, 0xb9, 0x02, 0x00, 0x00, 0x00, 0xf3, 0x6e], // rep outsb to 80h
    ];

    [GuestTest(OnlyByName = true)]
    internal static void Everything()
    {
        TimerTests.Prepare();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (byte[] instruction in s_instructions)
            {
                _ = MachineCode.Run(instruction);
            }
            ReachDevices();
            WaitForTimer();
            TakeInterrupts();
            TakeNmis();
        }
        ResetTests.TripleFault();
    }

    /// <summary>
    /// The same, while every other processor of the machine uses the same devices without a pause.
    /// </summary>
    [GuestTest(OnlyByName = true)]
    internal static void Together()
    {
        Siblings.Start();
        Everything();
    }

    /// <summary>Wakes up a hundred times a second, for ever: who watches sees that it lives.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Heartbeat()
    {
        const uint beat = 10_000_000;
        TimerTests.Prepare();
        LocalApic.Write(LocalApic.TimerEntry, Vector | LocalApic.Periodic);
        LocalApic.Write(LocalApic.InitialCount, beat);
        while (true)
        {
            Instructions.EnableInterruptsAndHalt();
            Instructions.DisableInterrupts();
        }
    }

    private static void ReachDevices()
    {
        _ = LocalApic.Read(LocalApic.Version);
        _ = IoApic.Read(IoApic.VersionRegister);
        _ = Mmio.Read(Hole);
        Mmio.Write(Hole, 1);
        IoApic.SetEntry(SerialPin, SerialVector);
        Instructions.Out8(SerialInterruptEnable, TransmitterEmptyInterrupt);
        _ = MachineCode.Run([0xfb, 0x90, 0xfa]); // sti; nop; cli
        Instructions.Out8(SerialInterruptEnable, 0);
        IoApic.SetEntry(SerialPin, IoApic.Masked);
    }

    /// <summary>
    /// Periodic, because QEMU 7.2 forgets the shadow of STI when the guest is left in it: an interrupt may come before
    /// HLT. Once in a millisecond, because a tenth of it is not enough in Bochs for a checked build to take the
    /// interrupt and enter the guest again.
    /// </summary>
    private static void WaitForTimer()
    {
        LocalApic.Write(LocalApic.TimerEntry, Vector | LocalApic.Periodic);
        LocalApic.Write(LocalApic.InitialCount, TimerCount);
        Instructions.EnableInterruptsAndHalt();
        Instructions.DisableInterrupts();
        LocalApic.Write(LocalApic.InitialCount, 0);
    }

    /// <summary>One that must wait until the guest can take it, and one behind the task priority.</summary>
    private static void TakeInterrupts()
    {
        LocalApic.SendToSelf(Vector);
        _ = MachineCode.Run([0xfb, 0x90, 0xfa]); // sti; nop; cli
        Instructions.WriteCr8(0xf);
        LocalApic.SendToSelf(Vector);
        Instructions.WriteCr8(0);
        _ = MachineCode.Run([0xfb, 0x90, 0xfa]);
    }

    /// <summary>The second comes while the first is handled, and so waits for its IRET.</summary>
    private static void TakeNmis()
    {
        Interrupts.RepeatNextNmi();
        LocalApic.SendToSelf(LocalApic.Nmi);
    }
}
