// SPDX-License-Identifier: MIT
using System.IO;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>
/// The machine code around an instruction under test. 1. Entry: saves what the caller keeps, loads all registers, jumps
/// to the instruction, in its mode. 2. Epilogue, where the instruction ends: stores all registers, and back.
/// 3. Recover, where a signal's handler leads instead. 4. Handler: takes the faults of code that is ours; others go
/// where they went before.
/// </summary>
internal sealed class NativeCode
{
    private const int ContextRegisters = 40;
    private const int ContextRsp = ContextRegisters + (15 * 8);
    private const int ContextRip = ContextRegisters + (16 * 8);
    private const int ContextFlags = ContextRegisters + (17 * 8);
    private const int ContextCs = ContextRegisters + (18 * 8);
    private const int ContextSs = ContextCs + 6;

    private const int Flags = 128;
    private const int FsBase = 136;
    private const int GsBase = 144;
    private const int Segments = 152;
    private const int Target = 164;
    private const int Vector = 176;
    private const int SavedRsp = 432;
    private const int SavedFsBase = 440;
    private const int SavedGsBase = 448;
    private const int GeneralAfter = 456;
    private const int FlagsAfter = 584;
    private const int VectorAfter = 592;
    private const int Faulted = 848;
    private const int Fault = 856;
    private const int OldHandlers = 1040;

    private const uint State = (uint)TestLayout.State;

    private static readonly AssemblerRegister64[] s_general =
        [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];

    private static readonly AssemblerRegisterXMM[] s_vector =
    [
        xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15,
    ];

    private readonly Assembler _code = new(64);
    private Label _epilogue;
    private Label _common;
    private Label _recover;
    private Label _handler;

    public NativeCode()
    {
        _epilogue = _code.CreateLabel("epilogue");
        _common = _code.CreateLabel("common");
        _recover = _code.CreateLabel("recover");
        _handler = _code.CreateLabel("handler");
        WriteEntry();
        WriteEpilogue();
        WriteHandler();
        using var stream = new MemoryStream();
        AssemblerResult result = _code.Assemble(
            new StreamCodeWriter(stream), TestLayout.Code, BlockEncoderOptions.ReturnNewInstructionOffsets);
        Bytes = stream.ToArray();
        Epilogue = result.GetLabelRIP(_epilogue);
        Handler = result.GetLabelRIP(_handler);
    }

    /// <summary>To lie at <see cref="TestLayout.Code"/>; the entry comes first.</summary>
    public byte[] Bytes { get; }

    public ulong Epilogue { get; }

    public ulong Handler { get; }

    private void WriteEntry()
    {
        foreach (AssemblerRegister64 register in new[] { rbx, rbp, r12, r13, r14, r15 })
        {
            _code.push(register);
        }

        _code.mov(r15d, State);
        _code.mov(__[r15 + SavedRsp], rsp);
        _code.rdfsbase(rax);
        _code.mov(__[r15 + SavedFsBase], rax);
        _code.rdgsbase(rax);
        _code.mov(__[r15 + SavedGsBase], rax);
        for (int number = 0; number < s_vector.Length; number++)
        {
            _code.movups(s_vector[number], __[r15 + Vector + (number * 16)]);
        }

        _code.mov(es, __word_ptr[r15 + Segments]);
        _code.mov(ds, __word_ptr[r15 + Segments + 6]);
        _code.mov(fs, __word_ptr[r15 + Segments + 8]);
        _code.mov(gs, __word_ptr[r15 + Segments + 10]);
        _code.mov(rax, __[r15 + FsBase]);
        _code.wrfsbase(rax);
        _code.mov(rax, __[r15 + GsBase]);
        _code.wrgsbase(rax);
        _code.lea(rsp, __[r15 + Flags]);
        _code.popfq();
        for (int number = 0; number < 15; number++)
        {
            if (number != 4)
            {
                _code.mov(s_general[number], __[r15 + (number * 8)]);
            }
        }

        _code.mov(ss, __word_ptr[r15 + Segments + 4]);
        _code.mov(rsp, __[r15 + (4 * 8)]);
        _code.mov(r15, __[r15 + (15 * 8)]);

        // jmp far [Target]
        _code.db(0xFF, 0x2C, 0x25);
        _code.dd(State + Target);
    }

    private void WriteEpilogue()
    {
        // mov [GeneralAfter + R15], r15: no register is free yet.
        _code.Label(ref _epilogue);
        _code.db(0x4C, 0x89, 0x3C, 0x25);
        _code.dd(State + GeneralAfter + (15 * 8));
        _code.mov(r15d, State);
        _code.mov(__[r15 + GeneralAfter + (4 * 8)], rsp);
        _code.mov(rsp, __[r15 + SavedRsp]);
        for (int number = 0; number < 15; number++)
        {
            if (number != 4)
            {
                _code.mov(__[r15 + GeneralAfter + (number * 8)], s_general[number]);
            }
        }

        _code.pushfq();
        _code.pop(__qword_ptr[r15 + FlagsAfter]);
        _code.Label(ref _common);
        _code.cld();
        for (int number = 0; number < s_vector.Length; number++)
        {
            _code.movups(__[r15 + VectorAfter + (number * 16)], s_vector[number]);
        }

        _code.xor(eax, eax);
        _code.mov(ds, eax);
        _code.mov(es, eax);
        _code.mov(fs, eax);
        _code.mov(gs, eax);
        _code.mov(eax, NativeProcessor.StackSelector);
        _code.mov(ss, eax);
        _code.mov(rax, __[r15 + SavedFsBase]);
        _code.wrfsbase(rax);
        _code.mov(rax, __[r15 + SavedGsBase]);
        _code.wrgsbase(rax);
        _code.mov(rsp, __[r15 + SavedRsp]);
        foreach (AssemblerRegister64 register in new[] { r15, r14, r13, r12, rbp, rbx })
        {
            _code.pop(register);
        }

        _code.ret();
        _code.Label(ref _recover);
        _code.mov(r15d, State);
        _code.jmp(_common);
    }

    /// <summary>
    /// void handler(int signal, siginfo*, ucontext*): what it changes in the context is what comes back.
    /// </summary>
    private void WriteHandler()
    {
        Label ours = _code.CreateLabel("ours");
        Label bus = _code.CreateLabel("bus");
        Label illegal = _code.CreateLabel("illegal");
        _code.Label(ref _handler);
        _code.mov(r10d, State);
        _code.cmp(__word_ptr[rdx + ContextCs], NativeProcessor.CodeSelector64);
        _code.jne(ours);
        _code.mov(rax, __[rdx + ContextRip]);
        _code.sub(rax, (int)TestLayout.Code);
        _code.cmp(rax, (int)TestLayout.PageSize);
        _code.jb(ours);
        _code.cmp(edi, NativeProcessor.BusError);
        _code.je(bus);
        _code.cmp(edi, NativeProcessor.IllegalInstruction);
        _code.je(illegal);
        _code.jmp(__qword_ptr[r10 + OldHandlers]);
        _code.Label(ref bus);
        _code.jmp(__qword_ptr[r10 + OldHandlers + 8]);
        _code.Label(ref illegal);
        _code.jmp(__qword_ptr[r10 + OldHandlers + 16]);
        _code.Label(ref ours);
        _code.cld();
        _code.lea(rsi, __[rdx + ContextRegisters]);
        _code.lea(rdi, __[r10 + Fault]);
        _code.mov(ecx, NativeState.FaultRegisters);
        _code.rep.movsq();
        _code.mov(__dword_ptr[r10 + Faulted], 1);
        _code.lea(rax, __[_recover]);
        _code.mov(__[rdx + ContextRip], rax);
        _code.mov(rax, __[r10 + SavedRsp]);
        _code.mov(__[rdx + ContextRsp], rax);
        _code.and(__dword_ptr[rdx + ContextFlags], ~0x40400);
        _code.mov(__word_ptr[rdx + ContextCs], NativeProcessor.CodeSelector64);
        _code.mov(__word_ptr[rdx + ContextSs], NativeProcessor.StackSelector);
        _code.ret();
    }
}
