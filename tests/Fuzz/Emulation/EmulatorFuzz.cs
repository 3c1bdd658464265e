// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Hypervisor.Memory;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Emulation;
using Hypervisor.X64;
using Iced.Intel;
using Xunit;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>
/// The instruction emulator: a guest chooses the bytes, the registers and the page tables. Every form that it knows is
/// checked against the processor that the test runs on.
/// </summary>
[Collection("processor")]
public sealed class EmulatorFuzz
{
    private const int Rounds = 100;
    private const int RandomRounds = 20;
    private const int CasesPerRound = 2000;
    private const ulong LastPageEnd = TestLayout.Code + TestLayout.PageSize;

    /// <summary>Each round is one case of every form, so that a form that is never compared shows.</summary>
    [NativeTheory]
    [InlineData(64)]
    [InlineData(32)]
    [InlineData(16)]
    public void KnownForms_DoWhatTheProcessorDoes(int bits)
    {
        var generator = new CaseGenerator(bits);
        var emulated = new EmulatedProcessor();
        var comparison = new OutcomeComparison(NativeProcessor.Instance!, emulated);
        var compared = new HashSet<Code>();
        byte[] content = new byte[TestLayout.WindowLength];
        FuzzRun.Rounds(Rounds, random =>
        {
            random.NextBytes(content);
            foreach (OpcodeSeed seed in generator.Seeds)
            {
                InstructionCase test = generator.Next(random, seed);
                if (comparison.TryCompare(test, content))
                {
                    _ = compared.Add(test.Instruction.Code);
                }
            }
        });
        if (!FuzzRun.IsSingle)
        {
            Assert.Equal([], generator.Seeds.Select(static seed => seed.Form).Distinct().Except(compared));
        }
    }

    /// <summary>Wherever the operands lie.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    [InlineData(16)]
    public void KnownForms_EndAndTouchNothingElse(int bits)
    {
        var generator = new CaseGenerator(bits);
        var comparison = new OutcomeComparison(null!, new EmulatedProcessor());
        byte[] content = new byte[TestLayout.WindowLength];
        FuzzRun.Rounds(RandomRounds, random =>
        {
            random.NextBytes(content);
            for (int count = 0; count < CasesPerRound; count++)
            {
                comparison.RunAlone(generator.Next(random), content);
            }
        });
    }

    /// <summary>
    /// Any bytes, at the end of the last page that is there: every way into the decoder has an answer that an exit can
    /// give.
    /// </summary>
    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    [InlineData(16)]
    public void AnyBytes_HaveAnAnswer(int bits) =>
        FuzzRun.Rounds(RandomRounds, random =>
        {
            var emulated = new EmulatedProcessor();
            var generator = new CaseGenerator(bits);
            for (int count = 0; count < CasesPerRound; count++)
            {
                InstructionCase test = generator.Next(random);
                if (random.Next(4) == 0)
                {
                    test.Code[random.Next(test.Code.Length)] ^= (byte)(1 << random.Next(8));
                }
                else
                {
                    test.Code = new byte[InstructionFetcher.MaximumLength];
                    random.NextBytes(test.Code);
                }

                emulated.Load(test);
                TryEveryWayIn(emulated, test, random);
            }
        });

    private static void TryEveryWayIn(EmulatedProcessor emulated, InstructionCase test, Random random)
    {
        FakeCpu cpu = emulated.Cpu;
        byte[] code = new byte[random.Next(1, InstructionFetcher.MaximumLength + 1)];
        test.Code.AsSpan(0, Math.Min(code.Length, test.Code.Length)).CopyTo(code);
        Assert.True(cpu.Memory.TryCopyOut(new GuestPhysical(LastPageEnd - (ulong)code.Length), code));
        cpu.Registers.Rip = LastPageEnd - (ulong)code.Length - (test.Bits == 16 ? TestLayout.Code : 0);
        ExitAction action = random.Next(5) switch
        {
            0 => ControlMoves.Execute(cpu),
            1 => StringPorts.Execute(cpu, RandomAccess(random)),
            2 => InstructionLengths.Resolve(cpu, out _),
            3 => InstructionLengths.ResolveTimestamp(cpu, out _, out _),
            _ => Emulator.Execute(cpu, new GuestPhysical(TestLayout.Window)),
        };
        Assert.True(
            action is ExitAction.NextInstruction or ExitAction.Resume or ExitAction.Inject or ExitAction.StopVm,
            $"{action} after {test}");
        Assert.InRange(emulated.Ports.PortAccesses, 0, 64);
        emulated.Restore();
    }

    private static PortAccess RandomAccess(Random random) => new()
    {
        Port = (ushort)random.Next(0x10000),
        Size = (byte)(1 << random.Next(3)),
        Flags = PortFlags.String | (random.Next(2) == 0 ? PortFlags.Input : 0),
    };
}
