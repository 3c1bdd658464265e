// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Iced.Intel;

namespace Hypervisor.Guests.Tests;

internal static class DecoderTests
{
    internal static void Try()
    {
        byte[] bytes = [0x48, 0x89, 0x18, 0x0f, 0xb6, 0x43, 0x10];
        var reader = new ByteArrayCodeReader(bytes);
        var decoder = Decoder.Create(64, reader);
        decoder.Decode(out Instruction instruction);
        GuestConsole.WriteLine(instruction.Code == Code.Mov_rm64_r64 ? "mov" : "?");
        long before = GuestHeap.Used;
        decoder.Decode(out instruction);
        GuestConsole.WriteLine(instruction.Code == Code.Movzx_r32_rm8 ? "movzx" : "?");
        GuestConsole.WriteLine($"{GuestHeap.Used} {GuestHeap.Used - before}");
    }
}
