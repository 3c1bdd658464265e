// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>Puts a crash report into words: in the log, where the console shows it.</summary>
public static class CrashText
{
    /// <summary>In a word or two.</summary>
    public static string ReasonOf(FaultReport report) =>
        report.Kind != FaultKind.None ? FaultNames.Of(report.Kind) : report.Reason ?? "no reason";

    /// <summary>Writes the slot's report to the log, a line for each thing that is known.</summary>
    public static void Write(MachineSlot slot)
    {
        FaultReport report = slot.Report;
        if (report.Kind != FaultKind.None)
        {
            Log.Host(
                $"vm {slot.Config.Name} crashed: {FaultNames.Of(report.Kind)} in the hypervisor at {report.HostRip:x}");
            for (int index = 0; index < report.StackDepth; index++)
            {
                Log.Host($"{slot.Config.Name}:   #{index} {report.StackAt(index):x}");
            }
        }
        else
        {
            Log.Host(
                $"vm {slot.Config.Name} crashed: {report.Reason ?? "no reason"} {report.Subject} ({report.Detail:x})");
        }

        Log.Host(
            $"{slot.Config.Name}: cpu {report.Cpu}, guest instruction at {report.GuestRip:x}, "
            + $"exit: {ExitNames.Of(report.Exit)}");
        if (report.ByteCount > 0)
        {
            Log.Host(
                $"{slot.Config.Name}: its {report.ByteCount} bytes, first lowest: "
                + $"{report.BytesHigh:x} {report.BytesLow:x}");
        }
    }
}
