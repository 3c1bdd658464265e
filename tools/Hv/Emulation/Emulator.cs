// SPDX-License-Identifier: MIT
using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// One running emulator with the hypervisor's console on a stream. It dies with this process, whatever way that ends.
/// </summary>
internal abstract class Emulator(EmulatorFiles files, Action<ReadOnlyMemory<byte>> onOutput) : IDisposable
{
    /// <summary>
    /// Ends its child when the thread that started it ends; a part of util-linux, which every Debian has.
    /// </summary>
    private const string DeathGuard = "setpriv";

    private readonly TaskCompletionSource<EmulatorEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Process> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _inputLock = new();
    private volatile bool _killed;
    private Process? _process;

    /// <summary>Completes when the emulator is gone and all its output was delivered.</summary>
    public Task<EmulatorEnd> End => _end.Task;

    protected EmulatorFiles Files { get; } = files;

    /// <summary>It was ended by <see cref="Kill"/>, or would have been a moment later.</summary>
    protected bool IsKilled => _killed;

    /// <summary>
    /// Starts an emulator; <paramref name="onOutput"/> gets the console's bytes, on a thread of its own.
    /// </summary>
    public static Emulator Start(EmulatorOptions options, EmulatorFiles files, Action<ReadOnlyMemory<byte>> onOutput)
    {
        Emulator emulator = MachineChoice.IsBochs(options.Machine)
            ? new BochsEmulator(options, files, onOutput)
            : new QemuEmulator(options, files, onOutput);
        ProcessStartInfo command = emulator.Command();
        new Thread(() => emulator.Live(command)) { IsBackground = true, Name = "emulator" }.Start();
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
                WriteConsole(_process!, bytes);
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

    /// <summary>The program, its arguments and its environment.</summary>
    protected abstract ProcessStartInfo Command();

    /// <summary>Types bytes on the console.</summary>
    protected abstract void WriteConsole(Process process, ReadOnlySpan<byte> bytes);

    /// <summary>Waits for what the console says; 0 where the emulator is gone.</summary>
    protected abstract int ReadConsole(Process process, Span<byte> buffer);

    /// <summary>Keeps company with the emulator until it has exited.</summary>
    protected abstract void Accompany(Process process);

    /// <summary>How it ended, from its exit code and what it said on standard error.</summary>
    protected abstract EmulatorEnd Judge(int exitCode, string errors);

    /// <summary>The emulator's program could not be started.</summary>
    protected static bool IsMissing(string errors) => errors.StartsWith(DeathGuard, StringComparison.Ordinal);

    /// <summary>
    /// The emulator's thread: it lives as long as its child, because the death guard watches the thread.
    /// </summary>
    private void Live(ProcessStartInfo command)
    {
        Process process;
        try
        {
            process = ExternalTool.Start(Guarded(command));
        }
        catch (ToolException error)
        {
            _started.SetException(error);
            return;
        }

        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task output = Task.Factory.StartNew(
            () => Pump(process), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _started.SetResult(process);
        Accompany(process);
        output.Wait();
        _end.SetResult(Judge(process.ExitCode, errors.Result));
    }

    private static ProcessStartInfo Guarded(ProcessStartInfo command)
    {
        string[] arguments = ["--pdeathsig", "KILL", command.FileName, .. command.ArgumentList];
        var guarded = new ProcessStartInfo(DeathGuard, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in command.Environment)
        {
            guarded.Environment[name] = value;
        }

        return guarded;
    }

    private void Pump(Process process)
    {
        byte[] buffer = new byte[16384];
        try
        {
            for (int count; (count = ReadConsole(process, buffer)) > 0;)
            {
                onOutput(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // The pipe broke with the emulator.
        }
    }
}
