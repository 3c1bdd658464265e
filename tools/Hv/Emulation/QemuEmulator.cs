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
        control?.WaitForEnd(TimeSpan.FromSeconds(1));
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
        const string mark = "Triple fault";
        string log = File.Exists(Files.ResetLog) ? File.ReadAllText(Files.ResetLog) : "";
        int start = log.IndexOf(mark, StringComparison.Ordinal);
        if (start >= 0)
        {
            _tripleFault = log[start..].Trim();
            Kill();
        }
    }
}
