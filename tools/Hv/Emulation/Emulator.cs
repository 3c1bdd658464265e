// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// One running QEMU with the hypervisor's console on a pipe. It dies with this process, whatever way that ends.
/// </summary>
internal sealed class Emulator : IDisposable
{
    /// <summary>
    /// Ends its child when the thread that started it ends; a part of util-linux, which every Debian has.
    /// </summary>
    private const string DeathGuard = "setpriv";

    private readonly TaskCompletionSource<EmulatorEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Process> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EmulatorFiles _files;
    private readonly Action<ReadOnlyMemory<byte>> _onOutput;
    private readonly Lock _inputLock = new();
    private volatile bool _killed;
    private volatile string? _tripleFault;
    private Process? _process;

    private Emulator(EmulatorFiles files, Action<ReadOnlyMemory<byte>> onOutput)
    {
        _files = files;
        _onOutput = onOutput;
    }

    /// <summary>Completes when QEMU is gone and all its output was delivered.</summary>
    public Task<EmulatorEnd> End => _end.Task;

    /// <summary>Starts QEMU; <paramref name="onOutput"/> gets the console's bytes, on a thread of its own.</summary>
    public static Emulator Start(EmulatorOptions options, EmulatorFiles files, Action<ReadOnlyMemory<byte>> onOutput)
    {
        List<string> arguments = QemuCommandLine.Build(options, files);
        var emulator = new Emulator(files, onOutput);
        new Thread(() => emulator.Live(arguments)) { IsBackground = true, Name = "emulator" }.Start();
        emulator._process = emulator._started.Task.GetAwaiter().GetResult();
        return emulator;
    }

    /// <summary>Types bytes on the console.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            lock (_inputLock)
            {
                Stream input = _process!.StandardInput.BaseStream;
                input.Write(bytes);
                input.Flush();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The machine is gone; its end is reported by End.
        }
    }

    /// <summary>Switches the machine off from outside.</summary>
    public void Kill()
    {
        _killed = true;
        try
        {
            _process?.Kill();
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It ended by itself just now.
        }
    }

    public void Dispose()
    {
        Kill();
        _end.Task.Wait(TimeSpan.FromSeconds(5));
        _process?.Dispose();
    }

    /// <summary>
    /// The emulator's thread: it lives as long as its child, because the death guard watches the thread.
    /// </summary>
    private void Live(List<string> arguments)
    {
        Process process;
        try
        {
            process = ExternalTool.Start(new ProcessStartInfo(
                DeathGuard, ["--pdeathsig", "KILL", QemuCommandLine.Program, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (ToolException error)
        {
            _started.SetException(error);
            return;
        }

        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task output = Task.Factory.StartNew(
            () => Pump(process.StandardOutput.BaseStream), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        _started.SetResult(process);
        using ControlChannel? control = ControlChannel.Connect(_files.ControlSocket, () => process.HasExited, OnReset);
        process.WaitForExit();
        control?.WaitForEnd(TimeSpan.FromSeconds(1));
        output.Wait();
        _end.SetResult(Judge(process.ExitCode, control?.PoweredOff ?? false, errors.Result));
    }

    private EmulatorEnd Judge(int exitCode, bool poweredOff, string errors)
    {
        if (_tripleFault is not null)
        {
            return new EmulatorEnd(false, "the hypervisor brought the processor to a triple fault:\n" + _tripleFault);
        }

        if (_killed || (exitCode == 0 && poweredOff))
        {
            return new EmulatorEnd(poweredOff, null);
        }

        string complaint = string.Join('\n', errors.Split('\n').Where(static line =>
            line.StartsWith(QemuCommandLine.Program, StringComparison.Ordinal)
                && !line.Contains(": warning: ", StringComparison.Ordinal)));
        return new EmulatorEnd(false, exitCode switch
        {
            0 => "the emulator was ended from outside",
            _ when errors.StartsWith(DeathGuard, StringComparison.Ordinal) =>
                $"{QemuCommandLine.Program} is not installed; './build.sh setup' installs it",
            _ when complaint.Length > 0 => complaint,
            _ => FormattableString.Invariant($"the host failed (exit code {exitCode} of the emulator)"),
        });
    }

    private void Pump(Stream output)
    {
        byte[] buffer = new byte[16384];
        try
        {
            for (int count; (count = output.Read(buffer)) > 0;)
            {
                _onOutput(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // The pipe broke with the emulator.
        }
    }

    /// <summary>The machine restarts: on purpose, or because three faults in a row left it no choice.</summary>
    private void OnReset(string reason)
    {
        const string mark = "Triple fault";
        string log = File.Exists(_files.ResetLog) ? File.ReadAllText(_files.ResetLog) : "";
        int start = log.IndexOf(mark, StringComparison.Ordinal);
        if (start >= 0)
        {
            _tripleFault = log[start..].Trim();
            Kill();
        }
    }
}
