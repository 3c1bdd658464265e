// SPDX-License-Identifier: MIT
namespace Hypervisor.Fuzz.Emulation;

/// <summary>What the processor made of an instruction: registers, or the exception that it raised.</summary>
internal sealed unsafe class NativeOutcome
{
    public const int NoException = -1;

    /// <summary>gregs by the number of the register: RAX is the fourteenth in the signal's context.</summary>
    private static readonly int[] s_contextOrder = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];

    private const int ContextFlags = 17;
    private const int ContextError = 19;
    private const int ContextVector = 20;
    private const int ContextAddress = 22;

    public ulong[] General { get; } = new ulong[16];

    public ulong Flags { get; private init; }

    public ulong[] Vector { get; } = new ulong[32];

    public int Exception { get; private init; } = NoException;

    public uint Error { get; private init; }

    /// <summary>CR2, where the exception is a page fault.</summary>
    public ulong Address { get; private init; }

    public static NativeOutcome From(NativeState* state)
    {
        bool faulted = state->Faulted != 0;
        var outcome = new NativeOutcome
        {
            Flags = faulted ? state->Fault[ContextFlags] : state->FlagsAfter,
            Exception = faulted ? (int)state->Fault[ContextVector] : NoException,
            Error = (uint)state->Fault[ContextError],
            Address = state->Fault[ContextAddress],
        };
        for (int number = 0; number < 16; number++)
        {
            outcome.General[number] = faulted ? state->Fault[s_contextOrder[number]] : state->GeneralAfter[number];
        }

        for (int word = 0; word < 32; word++)
        {
            outcome.Vector[word] = state->VectorAfter[word];
        }

        return outcome;
    }
}
