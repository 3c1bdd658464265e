// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>
/// Makes processors forget translations of the hypervisor's own address space. Requests are numbered; each processor
/// follows them in its own context, by an interrupt or while it waits for something with interrupts off, and the asking
/// one waits until all have.
/// </summary>
public static unsafe class Tlb
{
    /// <summary>Up to this many pages are named one by one; beyond, everything is forgotten.</summary>
    private const ulong MaximumSteps = 64;

    private static readonly nint[] s_contexts = new nint[MaximumProcessors];
    private static int s_contextCount;
    private static int s_generation;
    private static TlbShootdown? s_others;

    /// <summary>Processors that can take part.</summary>
    public const int MaximumProcessors = 256;

    /// <summary>Starts to use the tables under <paramref name="root"/> on this processor.</summary>
    public static void Load(TablePage root) => Instructions.WriteCr3(root.Address.Value);

    /// <summary>
    /// From now on other processors run and are asked as well: the one whose context this is, and the caller's. Called
    /// by the boot processor, one time for each of the others.
    /// </summary>
    public static void Join(ProcessorContext* context, TlbShootdown others)
    {
        if (s_contextCount == 0)
        {
            s_contexts[s_contextCount++] = (nint)ProcessorContext.Current;
        }

        context->TlbGeneration = s_generation;
        s_contexts[s_contextCount] = (nint)context;
        Volatile.Write(ref s_contextCount, s_contextCount + 1);
        s_others = others;
    }

    /// <summary>
    /// No processor uses a translation of [start, start + length) any more when this returns; pages there are of
    /// <paramref name="pageSize"/> bytes. No lock may be held that another processor takes with interrupts off.
    /// </summary>
    public static void Invalidate(HostVirtual start, ulong length, ulong pageSize)
    {
        InvalidateHere(start, length, pageSize);
        if (s_others != null)
        {
            int generation = Interlocked.Increment(ref s_generation);
            s_others.InterruptOthers();
            WaitForOthers(generation);
        }
    }

    /// <summary>
    /// Follows the requests of other processors. Called from the interrupt and by everything that waits for another
    /// processor with interrupts off.
    /// </summary>
    public static void Serve()
    {
        ProcessorContext* context = ProcessorContext.Current;
        if (context->TlbGeneration == Volatile.Read(ref s_generation))
        {
            return;
        }

        // An interrupt in between would follow a later request, and this one then take back that it did.
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        int generation = Volatile.Read(ref s_generation);
        ForgetAll();
        Volatile.Write(ref context->TlbGeneration, generation);
        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }

    private static void WaitForOthers(int generation)
    {
        ProcessorContext* own = ProcessorContext.Current;
        CurrentProcessor.IsWaiting = true;
        for (int index = 0; index < s_contextCount; index++)
        {
            var context = (ProcessorContext*)s_contexts[index];
            while (context != own && Volatile.Read(ref context->TlbGeneration) - generation < 0)
            {
                CurrentProcessor.Relax();
            }
        }

        CurrentProcessor.IsWaiting = false;
    }

    private static void InvalidateHere(HostVirtual start, ulong length, ulong pageSize)
    {
        if (length / pageSize > MaximumSteps)
        {
            ForgetAll();
            return;
        }

        for (ulong offset = 0; offset < length; offset += pageSize)
        {
            Instructions.InvalidatePage(start.Value + offset);
        }
    }

    /// <summary>
    /// No entry is global, so a load of CR3 drops them all (Intel SDM volume 3, 4.10.4.1; AMD APM volume 2, 5.5.3).
    /// </summary>
    private static void ForgetAll() => Instructions.WriteCr3(Instructions.ReadCr3());
}
