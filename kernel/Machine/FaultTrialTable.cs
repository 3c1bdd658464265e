// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>
/// How many trials were contained, by site, kind of fault and held lock; and the lines that say so, by polling the
/// serial port.
/// </summary>
internal sealed class FaultTrialTable
{
    private const int Locks = 2;

    private const int Processors = 8;

    private readonly int[] _contained = new int[FaultTrial.Sites * FaultTrial.Faults * Locks];
    private readonly int[] _struck = new int[Processors];

    public int Contained { get; private set; }

    public void Count(FaultTrial trial)
    {
        Contained++;
        _struck[FaultInjector.StruckProcessor]++;
        _contained[IndexOf(trial.Site, (int)trial.Held, (int)trial.Fault)]++;
    }

    /// <summary>
    /// Two lines for each site that was reached, with the numbers in the order of the kinds, and one for any other.
    /// Then where the faults were made, and how many waits for a faulted vCPU's locks were given up.
    /// </summary>
    public void Write(long gaveUp)
    {
        Say($"INJECT kinds: index null cast overflow divide unmapped protection opcode stack stuck");
        for (int number = 0; number < FaultTrial.Sites; number++)
        {
            var site = (FaultSite)number;
            if (!FaultSiteNames.IsSite(site) || FaultTrial.IsApart(site))
            {
                continue;
            }

            if (FaultInjector.PassesOf(site) == 0)
            {
                Say($"INJECT site {FaultSiteNames.Of(site)}, not reached");
                continue;
            }

            WriteSite(site, ", no lock:", HeldLock.None);
            WriteSite(site, ", VM lock:", HeldLock.VmOwned);
        }

        for (int processor = 0; processor < Processors; processor++)
        {
            if (_struck[processor] > 0)
            {
                Say($"INJECT on processor {processor}: {_struck[processor]}");
            }
        }

        Say($"INJECT waits given up: {gaveUp}");
    }

    /// <summary>Writes one line.</summary>
    public static void Say(ref LogMessage message)
    {
        LogText text = default;
        message.CopyTo(ref text);
        ReadOnlySpan<byte> line = text;
        Write(line.Slice(0, message.Length));
    }

    private void WriteSite(FaultSite site, string what, HeldLock held)
    {
        Span<byte> memory = stackalloc byte[LogText.Capacity];
        var line = new TextBuffer(memory);
        line.Append("INJECT site ");
        line.Append(FaultSiteNames.Of(site));
        line.Append(what);
        for (int fault = 0; fault < FaultTrial.Faults; fault++)
        {
            line.Append(' ');
            line.Append((long)_contained[IndexOf(site, (int)held, fault)]);
        }

        Write(line.Text);
    }

    /// <summary>
    /// With nobody's text in between: what the console's task had begun ends before it, a control sequence by CAN.
    /// </summary>
    private static void Write(ReadOnlySpan<byte> line)
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        EarlyConsole.Write("\u0018\r\n");
        EarlyConsole.Write(line);
        EarlyConsole.Write("\r\n");
        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }

    private static int IndexOf(FaultSite site, int held, int fault) =>
        (((int)site * Locks) + held) * FaultTrial.Faults + fault;
}
