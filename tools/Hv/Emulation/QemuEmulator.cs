// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Hypervisor.Tool.Emulation;

/// <summary>QEMU: the console is its standard input and output, and its machine protocol says why it stopped.</summary>
internal sealed class QemuEmulator(EmulatorOptions options, EmulatorFiles files, Action<ReadOnlyMemory<byte>> onOutput)
    : Emulator(files, onOutput)
{
    private const string Mark = "Triple fault";

    private volatile string? _tripleFault;
    private volatile bool _poweredOff;

    protected override ProcessStartInfo Command() =>
        new(QemuCommandLine.Program, QemuCommandLine.Build(options, Files));

    protected override void WriteConsole(Process process, ReadOnlySpan<byte> bytes)
    {
        Stream input = process.StandardInput.BaseStream;
        input.Write(bytes);
        input.Flush();
    }

    protected override int ReadConsole(Process process, Span<byte> buffer) =>
        process.StandardOutput.BaseStream.Read(buffer);

    protected override void Accompany(Process process)
    {
        using ControlChannel? control = ControlChannel.Connect(Files.ControlSocket, () => process.HasExited, OnReset);
        process.WaitForExit();
        control?.WaitForEnd(TimeSpan.FromSeconds(30));
        _poweredOff = control?.PoweredOff ?? false;
    }

    protected override EmulatorEnd Judge(int exitCode, string errors)
    {
        if (_tripleFault is not null)
        {
            return new EmulatorEnd(false, EmulatorEnd.TripleFault + _tripleFault);
        }

        if (IsKilled || (exitCode == 0 && _poweredOff))
        {
            return new EmulatorEnd(_poweredOff, null);
        }

        string complaint = string.Join('\n', errors.Split('\n').Where(static line =>
            line.StartsWith(QemuCommandLine.Program, StringComparison.Ordinal)
                && !line.Contains(": warning: ", StringComparison.Ordinal)));
        return new EmulatorEnd(false, exitCode switch
        {
            0 => EmulatorEnd.EndedFromOutside,
            _ when IsMissing(errors) => $"{QemuCommandLine.Program} is not installed; './build.sh setup' installs it",
            _ when complaint.Length > 0 => complaint,
            _ => FormattableString.Invariant($"the host failed (exit code {exitCode} of the emulator)"),
        });
    }

    /// <summary>The machine restarts: on purpose, or because three faults in a row left it no choice.</summary>
    private void OnReset(string reason)
    {
        _tripleFault = FindTripleFault(File.Exists(Files.ResetLog) ? File.ReadAllText(Files.ResetLog) : "");
        if (_tripleFault is not null)
        {
            Kill();
        }
    }

    /// <summary>
    /// The report of the first one in QEMU's log that is the hypervisor's. SeaBIOS ends in one of its own at every warm
    /// reset, at an address of the firmware's, below 1 MiB.
    /// </summary>
    internal static string? FindTripleFault(string log)
    {
        int end;
        for (int start = log.IndexOf(Mark, StringComparison.Ordinal); start >= 0; start = end)
        {
            end = log.IndexOf(Mark, start + Mark.Length, StringComparison.Ordinal);
            string report = end < 0 ? log[start..] : log[start..end];
            int where = report.IndexOf("IP=", StringComparison.Ordinal);
            string address = where < 0 ? "" : report[where..];
            if (!address.StartsWith("IP=000e", StringComparison.Ordinal)
                && !address.StartsWith("IP=000f", StringComparison.Ordinal))
            {
                return report.Trim();
            }
        }

        return null;
    }
}
