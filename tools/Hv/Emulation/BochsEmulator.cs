// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Hypervisor.Tool.Emulation;

/// <summary>Bochs: the console is on a socket, and its log says why it stopped.</summary>
internal sealed class BochsEmulator(EmulatorOptions options, EmulatorFiles files, Action<ReadOnlyMemory<byte>> onOutput)
    : Emulator(files, onOutput)
{
    private readonly ConsoleSocket _console = new();

    protected override ProcessStartInfo Command()
    {
        BochsBuild build = BochsBuild.Find(options.BochsVersion);
        File.WriteAllText(Files.BochsConfig, BochsConfig.Build(options, build, Files.BochsLog, _console.Address));
        string[] debugger = [];
        if (build.HasDebugger)
        {
            File.WriteAllText(Files.BochsCommands, "c\n");
            debugger = ["-rc", Files.BochsCommands];
        }

        return build.Command(["-q", "-f", Files.BochsConfig, .. debugger]);
    }

    protected override void WriteConsole(Process process, ReadOnlySpan<byte> bytes) => _console.Send(bytes);

    protected override int ReadConsole(Process process, Span<byte> buffer) => _console.Receive(buffer);

    protected override void Accompany(Process process)
    {
        // Its debugger, which has been told all, and its text screen, which nobody looks at.
        process.StandardInput.Close();
        Task screen = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        process.WaitForExit();
        screen.Wait();
        _console.StopListening();
    }

    protected override EmulatorEnd Judge(int exitCode, string errors)
    {
        _console.Dispose();
        EmulatorEnd? end = File.Exists(Files.BochsLog) ? BochsLog.FindEnd(File.ReadLines(Files.BochsLog)) : null;
        end ??= BochsLog.FindEnd(errors.Split('\n'));
        return end ?? new EmulatorEnd(false, IsKilled ? null
            : exitCode > ExitCode.Signal ? EmulatorEnd.EndedFromOutside
            : FormattableString.Invariant($"Bochs ended with exit code {exitCode} and no reason in its log"));
    }
}
