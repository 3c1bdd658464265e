// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Emulation;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>The instruction forms on device memory: registers, flags, and what the device sees.</summary>
public sealed class EmulatorTests
{
    private const ulong Carry = 1;
    private const ulong Zero = 0x40;
    private const ulong Sign = 0x80;
    private const ulong Overflow = 0x800;

    private readonly TestVm _vm = new();

    private FakeCpu Cpu => _vm.Cpu;

    [Theory]
    [InlineData(new byte[] { 0x8B, 0x03 }, 0x89ABCDEFUL, 2)]                    // mov eax, [rbx]
    [InlineData(new byte[] { 0x48, 0x8B, 0x03 }, 0x0123456789ABCDEFUL, 3)]      // mov rax, [rbx]
    [InlineData(new byte[] { 0x66, 0x8B, 0x03 }, 0xFFFFFFFFFFFFCDEFUL, 3)]      // mov ax, [rbx]
    [InlineData(new byte[] { 0x8A, 0x03 }, 0xFFFFFFFFFFFFFFEFUL, 2)]            // mov al, [rbx]
    [InlineData(new byte[] { 0x8A, 0x23 }, 0xFFFFFFFFFFFFEFFFUL, 2)]            // mov ah, [rbx]
    [InlineData(new byte[] { 0x0F, 0xB6, 0x03 }, 0xEFUL, 3)]                    // movzx eax, byte [rbx]
    [InlineData(new byte[] { 0x0F, 0xB7, 0x03 }, 0xCDEFUL, 3)]                  // movzx eax, word [rbx]
    [InlineData(new byte[] { 0x48, 0x0F, 0xBE, 0x03 }, 0xFFFFFFFFFFFFFFEFUL, 4)] // movsx rax, byte [rbx]
    [InlineData(new byte[] { 0x48, 0x63, 0x03 }, 0xFFFFFFFF89ABCDEFUL, 3)]      // movsxd rax, dword [rbx]
    [InlineData(new byte[] { 0x0F, 0x38, 0xF0, 0x03 }, 0xEFCDAB89UL, 4)]        // movbe eax, [rbx]
    public void Loads(byte[] code, ulong expected, int length)
    {
        SetDevice(0x0123456789ABCDEF);
        Cpu.Registers.Rax = ulong.MaxValue;
        Assert.Equal(ExitAction.NextInstruction, Run(code));
        Assert.Equal(expected, Cpu.Registers.Rax);
        Assert.Equal(TestVm.CodeAddress + (ulong)length, Cpu.Exit.NextRip);
    }

    [Theory]
    [InlineData(new byte[] { 0x89, 0x03 }, "write 8000000 4 89abcdef")]
    [InlineData(new byte[] { 0x48, 0x89, 0x03 }, "write 8000000 8 123456789abcdef")]
    [InlineData(new byte[] { 0x66, 0x89, 0x03 }, "write 8000000 2 cdef")]
    [InlineData(new byte[] { 0x88, 0x03 }, "write 8000000 1 ef")]
    [InlineData(new byte[] { 0x88, 0x23 }, "write 8000000 1 cd")]
    [InlineData(new byte[] { 0xC7, 0x03, 0x78, 0x56, 0x34, 0x92 }, "write 8000000 4 92345678")]
    [InlineData(new byte[] { 0x48, 0xC7, 0x03, 0x78, 0x56, 0x34, 0x92 }, "write 8000000 8 ffffffff92345678")]
    [InlineData(new byte[] { 0xC6, 0x43, 0x10, 0x7F }, "write 8000010 1 7f")]
    [InlineData(new byte[] { 0x0F, 0xC3, 0x03 }, "write 8000000 4 89abcdef")]   // movnti
    public void Stores(byte[] code, string expected)
    {
        Cpu.Registers.Rax = 0x0123456789ABCDEF;
        Assert.Equal(ExitAction.NextInstruction, Run(code));
        Assert.Equal([expected], _vm.Ports.Log);
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x03 }, 0xFFFFFFFFUL, 1UL, 0UL, Zero | Carry)]        // add [rbx], eax
    [InlineData(new byte[] { 0x01, 0x03 }, 0x7FFFFFFFUL, 1UL, 0x80000000UL, Sign | Overflow)]
    [InlineData(new byte[] { 0x29, 0x03 }, 1UL, 2UL, 0xFFFFFFFFUL, Sign | Carry)]        // sub [rbx], eax
    [InlineData(new byte[] { 0x21, 0x03 }, 0xF0UL, 0x0FUL, 0UL, Zero)]                   // and [rbx], eax
    [InlineData(new byte[] { 0x09, 0x03 }, 0xF0UL, 0x80000000UL, 0x800000F0UL, Sign)]    // or [rbx], eax
    [InlineData(new byte[] { 0x31, 0x03 }, 0xFFUL, 0xFFUL, 0UL, Zero)]                   // xor [rbx], eax
    [InlineData(new byte[] { 0xFF, 0x03 }, 0xFFFFFFFFUL, 0UL, 0UL, Zero)]                // inc dword [rbx]
    [InlineData(new byte[] { 0xFF, 0x0B }, 0UL, 0UL, 0xFFFFFFFFUL, Sign)]                // dec dword [rbx]
    [InlineData(new byte[] { 0xF7, 0x1B }, 1UL, 0UL, 0xFFFFFFFFUL, Sign | Carry)]        // neg dword [rbx]
    [InlineData(new byte[] { 0xD1, 0x23 }, 0xC0000000UL, 0UL, 0x80000000UL, Sign | Carry)] // shl dword [rbx], 1
    [InlineData(new byte[] { 0xD1, 0x2B }, 0x80000001UL, 0UL, 0x40000000UL, Carry | Overflow)] // shr dword [rbx], 1
    public void Changes(byte[] code, ulong memory, ulong rax, ulong expected, ulong flags)
    {
        SetDevice(memory);
        Cpu.Registers.Rax = rax;
        Cpu.Registers.Rflags = 2;
        Assert.Equal(ExitAction.NextInstruction, Run(code));
        Assert.Equal(expected, ReadDevice() & 0xFFFFFFFF);
        Assert.Equal(flags, Cpu.Registers.Rflags & (Carry | Zero | Sign | Overflow));
    }

    [Fact]
    public void AddWithCarry_AndSubtractWithBorrow_UseTheCarry()
    {
        SetDevice(10);
        Cpu.Registers.Rax = 5;
        Cpu.Registers.Rflags = 2 | Carry;
        Assert.Equal(ExitAction.NextInstruction, Run(0x11, 0x03));
        Assert.Equal(16UL, ReadDevice());
        Cpu.Registers.Rflags = 2 | Carry;
        Assert.Equal(ExitAction.NextInstruction, Run(0x19, 0x03));
        Assert.Equal(10UL, ReadDevice());
    }

    [Fact]
    public void CompareAndTest_ReadOnly()
    {
        SetDevice(5);
        Cpu.Registers.Rax = 5;
        Assert.Equal(ExitAction.NextInstruction, Run(0x39, 0x03));
        Assert.NotEqual(0UL, Cpu.Registers.Rflags & Zero);
        Assert.Equal(ExitAction.NextInstruction, Run(0xF6, 0x03, 0x02));
        Assert.NotEqual(0UL, Cpu.Registers.Rflags & Zero);
        Assert.Equal(["read 8000000 4", "read 8000000 1"], _vm.Ports.Log);
    }

    [Fact]
    public void Exchange_SwapsMemoryAndRegister()
    {
        SetDevice(7);
        Cpu.Registers.Rax = 9;
        Assert.Equal(ExitAction.NextInstruction, Run(0x87, 0x03));
        Assert.Equal(7UL, Cpu.Registers.Rax);
        Assert.Equal(9UL, ReadDevice());
    }

    [Fact]
    public void ExchangeAdd_GivesTheOldValue()
    {
        SetDevice(7);
        Cpu.Registers.Rax = 9;
        Assert.Equal(ExitAction.NextInstruction, Run(0xF0, 0x0F, 0xC1, 0x03));
        Assert.Equal(7UL, Cpu.Registers.Rax);
        Assert.Equal(16UL, ReadDevice());
    }

    [Theory]
    [InlineData(7UL, 9UL, 7UL, true)]
    [InlineData(8UL, 7UL, 7UL, false)]
    public void CompareExchange(ulong rax, ulong expected, ulong accumulator, bool isEqual)
    {
        SetDevice(7);
        Cpu.Registers.Rax = rax;
        Cpu.Registers.Rcx = 9;
        Assert.Equal(ExitAction.NextInstruction, Run(0xF0, 0x0F, 0xB1, 0x0B));
        Assert.Equal(expected, ReadDevice());
        Assert.Equal(accumulator, Cpu.Registers.Rax);
        Assert.Equal(isEqual, (Cpu.Registers.Rflags & Zero) != 0);
    }

    [Theory]
    [InlineData(new byte[] { 0x0F, 0xAB, 0x03 }, 33UL, "read 8000004 4", "write 8000004 4 2")]  // bts [rbx], eax
    // bts dword [rbx], 3
    [InlineData(new byte[] { 0x0F, 0xBA, 0x2B, 0x03 }, 0UL, "read 8000000 4", "write 8000000 4 8")]
    public void BitStrings(byte[] code, ulong rax, params string[] expected)
    {
        Cpu.Registers.Rax = rax;
        Assert.Equal(ExitAction.NextInstruction, Run(code));
        Assert.Equal(expected, _vm.Ports.Log);
    }

    [Fact]
    public void RepeatedStore_IsDoneInPiecesAndEnds()
    {
        Cpu.Registers.Rcx = 100;
        Cpu.Registers.Rdi = TestVm.Device;
        Cpu.Registers.Rax = 0x11;
        Assert.Equal(ExitAction.Resume, Run(0xF3, 0xAA));
        Assert.Equal(36UL, Cpu.Registers.Rcx);
        Assert.Equal(ExitAction.NextInstruction, Run(0xF3, 0xAA));
        Assert.Equal(0UL, Cpu.Registers.Rcx);
        Assert.Equal(TestVm.Device + 100, Cpu.Registers.Rdi);
    }

    [Fact]
    public void StringMove_FromDeviceToMemory()
    {
        SetDevice(0x1122334455667788);
        Cpu.Registers.Rcx = 2;
        Cpu.Registers.Rsi = TestVm.Device;
        Cpu.Registers.Rdi = 0x20_0000;
        Assert.Equal(ExitAction.NextInstruction, Run(0xF3, 0xA5));
        Assert.True(Cpu.Memory.TryRead(new GuestPhysical(0x20_0000), out ulong value));
        Assert.Equal(0x1122334455667788UL, value);
    }

    [Fact]
    public void StringScan_EndsWhereItFinds()
    {
        SetDevice(0x00AA_0000);
        Cpu.Registers.Rcx = 8;
        Cpu.Registers.Rdi = TestVm.Device;
        Cpu.Registers.Rax = 0xAA;
        Assert.Equal(ExitAction.NextInstruction, Run(0xF2, 0xAE));
        Assert.Equal(5UL, Cpu.Registers.Rcx);
        Assert.Equal(TestVm.Device + 3, Cpu.Registers.Rdi);
    }

    [Fact]
    public void VectorMoves_AreTwoAccesses()
    {
        Cpu.Registers.Vector[2] = 1;
        Cpu.Registers.Vector[3] = 2;
        Assert.Equal(ExitAction.NextInstruction, Run(0x0F, 0x11, 0x0B)); // movups [rbx], xmm1
        Assert.Equal(["write 8000000 8 1", "write 8000008 8 2"], _vm.Ports.Log);
        Assert.Equal(ExitAction.NextInstruction, Run(0x0F, 0x10, 0x13)); // movups xmm2, [rbx]
        Assert.Equal(1UL, Cpu.Registers.Vector[4]);
        Assert.Equal(2UL, Cpu.Registers.Vector[5]);
    }

    [Fact]
    public void AccessAcrossPages_IsSplit()
    {
        Cpu.Registers.Rax = 0x11223344;
        Cpu.Registers.Rbx = TestVm.Device + 0xFFE;
        _vm.SetCode(0x89, 0x03);
        Assert.Equal(ExitAction.NextInstruction, Emulator.Execute(Cpu, new GuestPhysical(TestVm.Device + 0xFFE)));
        Assert.Equal(["write 8000ffe 1 44", "write 8000fff 1 33", "write 8001000 1 22", "write 8001001 1 11"],
            _vm.Ports.Log);
    }

    [Fact]
    public void PushAndPop()
    {
        SetDevice(0x99);
        Cpu.Registers.Rsp = 0x30_0000;
        Assert.Equal(ExitAction.NextInstruction, Run(0xFF, 0x33)); // push qword [rbx]
        Assert.Equal(0x2F_FFF8UL, Cpu.Registers.Rsp);
        Assert.True(Cpu.Memory.TryRead(new GuestPhysical(0x2F_FFF8), out ulong value));
        Assert.Equal(0x99UL, value);
        Assert.Equal(ExitAction.NextInstruction, Run(0x8F, 0x43, 0x10)); // pop qword [rbx + 16]
        Assert.Equal(0x30_0000UL, Cpu.Registers.Rsp);
        Assert.Contains("write 8000010 8 99", _vm.Ports.Log);
    }

    [Theory]
    [InlineData(new byte[] { 0x6A, 0x80 }, "write 80000f8 8 ffffffffffffff80")]          // push -128
    [InlineData(new byte[] { 0x50 }, "write 80000f8 8 1234")]                            // push rax
    [InlineData(new byte[] { 0x66, 0x68, 0x34, 0x92 }, "write 80000fe 2 9234")]          // push word 9234h
    public void PushToADevice(byte[] code, string expected)
    {
        Cpu.Registers.Rax = 0x1234;
        Cpu.Registers.Rsp = TestVm.Device + 0x100;
        Assert.Equal(ExitAction.NextInstruction, Run(code));
        Assert.Equal([expected], _vm.Ports.Log);
    }

    [Fact]
    public void PopFromADevice_IntoARegister()
    {
        SetDevice(0x55);
        Cpu.Registers.Rsp = TestVm.Device;
        Assert.Equal(ExitAction.NextInstruction, Run(0x58)); // pop rax
        Assert.Equal(0x55UL, Cpu.Registers.Rax);
        Assert.Equal(TestVm.Device + 8, Cpu.Registers.Rsp);
    }

    [Fact]
    public void BytesThatTouchNoMemory_AreLeftToTheProcessor()
    {
        Assert.Equal(ExitAction.Resume, Run(0x01, 0xD8)); // add eax, ebx
        Assert.Empty(_vm.Ports.Log);
    }

    [Theory]
    [InlineData(new byte[] { 0xA4 }, 13)]             // movsb: the destination cannot be
    [InlineData(new byte[] { 0xFF, 0x33 }, 12)]       // push qword [rbx]: the stack cannot
    public void AddressesThatCannotBe_AreRefusedAsTheProcessorDoes(byte[] code, int vector)
    {
        Cpu.Registers.Rsi = TestVm.Device;
        Cpu.Registers.Rdi = 0x8000_0000_0000;
        Cpu.Registers.Rsp = 0x8000_0000_0000_0000;
        Assert.Equal(ExitAction.Inject, Run(code));
        Assert.Equal(vector, Cpu.Raised.Vector);
    }

    [Fact]
    public void AForm_ThatIsNotEmulated_StopsWithItsBytes()
    {
        Assert.Equal(ExitAction.StopVm, Run(0xD9, 0x03)); // fld dword [rbx]
        Assert.Equal("x87 load or store", Cpu.Stop.Subject);
        Assert.Equal(2, Cpu.Stop.ByteCount);
        Assert.Equal(0xD9, Cpu.Stop.ByteAt(0));
        Assert.Equal(TestVm.Device, Cpu.Stop.Detail);
    }

    [Fact]
    public void ASecondTime_TheDecodedFormIsUsed_UntilTheBytesChange()
    {
        _ = Run(0x8B, 0x03);
        _ = Run(0x8B, 0x03);
        Assert.Equal(1UL, Cpu.Emulation.Decoded);
        Assert.Equal(1UL, Cpu.Emulation.Reused);
        _ = Run(0x89, 0x03);
        Assert.Equal(2UL, Cpu.Emulation.Decoded);
    }

    [Fact]
    public void RealMode_UsesSegmentsAndSixteenBits()
    {
        _vm.EnterRealMode(TestVm.CodeAddress);
        Cpu.WriteSegment(SegmentRegister.Es,
            new SegmentState(0xA000, TestVm.Device, 0xFFFF, SegmentState.RealModeData));
        Cpu.Registers.Rax = 0xFFFF_5678;
        _vm.SetCode(0x26, 0xA3, 0x30, 0x00); // mov es:[30h], ax
        Cpu.Registers.Rip = 0;
        Assert.Equal(ExitAction.NextInstruction, Emulator.Execute(Cpu, new GuestPhysical(TestVm.Device + 0x30)));
        Assert.Equal(["write 8000030 2 5678"], _vm.Ports.Log);
        Assert.Equal(4UL, Cpu.Exit.NextRip);
    }

    private ExitAction Run(params byte[] code)
    {
        if (Cpu.Registers.Rbx == 0)
        {
            Cpu.Registers.Rbx = TestVm.Device;
        }

        _vm.SetCode(code);
        return Emulator.Execute(Cpu, new GuestPhysical(TestVm.Device));
    }

    private void SetDevice(ulong value)
    {
        for (int index = 0; index < 8; index++)
        {
            _vm.Ports.Device[TestVm.Device + (ulong)index] = (byte)(value >> (8 * index));
        }
    }

    private ulong ReadDevice()
    {
        ulong value = 0;
        for (int index = 0; index < 8; index++)
        {
            if (_vm.Ports.Device.TryGetValue(TestVm.Device + (ulong)index, out byte part))
            {
                value |= (ulong)part << (8 * index);
            }
        }

        return value;
    }
}
