// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Hypervisor.Tool.Symbols;
using Hypervisor.Tool.Terminal;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// One <c>hv run</c>: makes the medium, boots it, watches the console, and says how it went by an exit code.
/// </summary>
internal sealed class RunSession : IDisposable
{
    /// <summary>Memory beside the guests' that a host gets where nobody asked for a size, in MiB.</summary>
    private const int SpareMemoryMiB = 512;

    private const int DefaultMemoryMiB = 1024;

    /// <summary>Time for the rest of a guest's crash report to arrive.</summary>
    private static readonly TimeSpan s_reportTime = TimeSpan.FromSeconds(2);

    private readonly RunRequest _request;
    private readonly TemporaryDirectory _scratch = new();
    private readonly ConsoleTranscript _transcript = new();
    private readonly ConsoleWatch _watch;
    private readonly AutoResetEvent _news = new(false);
    private readonly bool _interactive;
    private readonly Stream _output;
    private readonly FileStream? _serialFile;
    private readonly ManualResetEventSlim _booted = new();
    private volatile bool _quit;
    private int _signal;
    private long _crashTime;

    public RunSession(RunRequest request)
    {
        _request = request;
        _watch = new ConsoleWatch(request.Until);
        _interactive = RawTerminal.IsAvailable;
        _output = System.Console.OpenStandardOutput();
        _serialFile = request.SerialFile is null ? null : OpenSerialFile(request.SerialFile);
    }

    /// <summary>Runs to the end and returns the exit code.</summary>
    public int Run()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);

        var time = Stopwatch.StartNew();
        string medium = _scratch.File(_request.Disk ? "medium.img" : "medium.iso");
        EmulatorOptions options = Options(medium);
        MachineLimits.Check(options);
        using (new ProgressLine("making the boot image"))
        {
            BootMedium.Make(_request.Config, _request.Hypervisor, Words(), _request.Disk, medium);
        }

        if (_signal != 0)
        {
            return ExitCode.Signal + _signal;
        }

        return Watch(options, time);
    }

    public void Dispose()
    {
        _serialFile?.Dispose();
        _scratch.Dispose();
        _booted.Dispose();
        _news.Dispose();
    }

    private int Watch(EmulatorOptions options, Stopwatch time)
    {
        var files = new EmulatorFiles(_scratch, _request.KeepFolder);
        using ProgressLine? progress =
            _interactive ? null : new ProgressLine("booting", LibC.IsTerminal(1) == 0 && LibC.IsTerminal(2) != 0);
        progress?.Show(Progress);
        using Emulator emulator = Emulator.Start(options, files, OnOutput);
        _ = emulator.End.ContinueWith(_ => Wake(), TaskScheduler.Default);
        Announce(files);
        using RawTerminal? raw = _interactive ? new RawTerminal() : null;
        new Thread(() => PassInput(emulator)) { IsBackground = true, Name = "keyboard" }.Start();

        while (!emulator.End.IsCompleted && !ShouldStop() && !(time.Elapsed >= _request.TimeLimit))
        {
            WaitForNews(time);
        }

        bool timeLimit = !emulator.End.IsCompleted && !ShouldStop();
        emulator.Kill();
        EmulatorEnd end = emulator.End.GetAwaiter().GetResult();
        raw?.Dispose();
        progress?.Dispose();
        if (_watch.IsMidLine)
        {
            _output.Write("\n"u8);
        }

        return Judge(end, timeLimit);
    }

    private void WaitForNews(Stopwatch time)
    {
        TimeSpan wait = _crashTime != 0 ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(30);
        TimeSpan left = (_request.TimeLimit - time.Elapsed) ?? wait;
        _ = _news.WaitOne((int)Math.Clamp(Math.Min(left.TotalMilliseconds, wait.TotalMilliseconds), 1, int.MaxValue));
    }

    private bool ShouldStop() => _signal != 0 || _quit || _watch.Seen
        || (_crashTime != 0 && Stopwatch.GetElapsedTime(_crashTime) >= s_reportTime);

    private int Judge(EmulatorEnd end, bool timeLimit)
    {
        string? complaint = null;
        int code = ExitCode.Success;
        if (_signal != 0)
        {
            code = ExitCode.Signal + _signal;
        }
        else if (_watch.Seen || _quit)
        {
            code = ExitCode.Success;
        }
        else if (end.Failure is not null)
        {
            (complaint, code) = (end.Failure, ExitCode.Failure);
        }
        else if (timeLimit)
        {
            (complaint, code) = (FormattableString.Invariant(
                $"the time limit of {_request.TimeLimit?.TotalSeconds} s was reached"), ExitCode.TimeLimit);
        }
        else if (_watch.Refusal is not null)
        {
            (complaint, code) = (_watch.Refusal, ExitCode.Failure);
        }
        else if (_watch.Crash is not null)
        {
            (complaint, code) = ("a guest crashed", ExitCode.Failure);
        }
        else if (_request.Until is not null)
        {
            (complaint, code) = ($"'{_request.Until}' was not seen; the host has powered off", ExitCode.Failure);
        }

        if (complaint is not null)
        {
            System.Console.Error.WriteLine("hv: " + complaint);
            System.Console.Error.Write(PanicReport.Explain(_transcript.Text, _request.Hypervisor) is { } panic
                ? panic + "\n"
                : "");
        }

        return code;
    }

    private EmulatorOptions Options(string medium) => new()
    {
        Machine = _request.Machine,
        CpuModel = _request.CpuModel,
        BochsVersion = _request.BochsVersion,
        Cpus = _request.Cpus,
        Parallel = _request.Parallel,
        MemoryMiB = _request.MemoryMiB != 0
            ? _request.MemoryMiB
            : Math.Max(DefaultMemoryMiB, _request.Config.GuestMemoryMiB + SpareMemoryMiB),
        Medium = medium,
        Disk = _request.Disk,
        Uefi = _request.Uefi,
        Icount = _request.Icount,
        Gdb = _request.Gdb,
        ConsolePort = _request.Config.ConsolePort,
    };

    private void Announce(EmulatorFiles files)
    {
        if (_interactive)
        {
            System.Console.Error.WriteLine("hv: Ctrl-A X switches the machine off.");
        }

        if (_request.Gdb)
        {
            string symbols = RepositoryPaths.SymbolsOf(_request.Hypervisor);
            System.Console.Error.WriteLine($"hv: waiting for gdb -ex 'target remote {files.GdbSocket}' {symbols}");
        }
    }

    /// <summary>
    /// For the hypervisor's command line. Where nobody types, what several guests say is to be seen, with their names.
    /// </summary>
    private string[] Words()
    {
        string[] options = MachineChoice.BootOptions(_request.Machine, _request.BochsVersion, _request.Options);
        return _interactive || _request.Config.GuestCount < 2
            ? ["debug-exit", .. options]
            : ["debug-exit", "watch", .. options];
    }

    private string Progress() => _request.Until is null
        ? $"running: {_watch.LastLine}"
        : $"waiting for '{_request.Until}': {_watch.LastLine}";

    private void OnOutput(ReadOnlyMemory<byte> bytes)
    {
        _serialFile?.Write(bytes.Span);
        _serialFile?.Flush();
        string text = _transcript.Append(bytes.Span);
        if (_interactive)
        {
            _output.Write(bytes.Span);
        }
        else
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
        }

        _output.Flush();
        _booted.Set();
        _watch.Append(text);
        bool isOver = _watch.Refusal is not null || (_watch.Crash is not null && !_request.Config.RestartsGuests);
        if (isOver && _crashTime == 0 && !_interactive)
        {
            _crashTime = Stopwatch.GetTimestamp();
            Wake();
        }

        if (_watch.Seen)
        {
            Wake();
        }
    }

    /// <summary>The keyboard, or what is piped in (its line ends become the Enter key), goes to the console.</summary>
    private void PassInput(Emulator emulator)
    {
        if (!_interactive && LibC.IsTerminal(0) != 0)
        {
            return;
        }

        var keys = new EscapeKeys();
        byte[] buffer = new byte[1024];
        _booted.Wait();
        for (nint count; (count = LibC.Read(0, buffer, buffer.Length)) > 0;)
        {
            Span<byte> typed = buffer.AsSpan(0, (int)count);
            if (!_interactive)
            {
                typed.Replace((byte)'\n', (byte)'\r');
                emulator.Send(typed);
                continue;
            }

            emulator.Send(keys.Filter(typed));
            if (keys.Quit)
            {
                _quit = true;
                Wake();
                return;
            }
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _signal = context.Signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGHUP => 1,
            _ => 15,
        };
        Wake();
    }

    private void Wake()
    {
        try
        {
            _ = _news.Set();
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private static FileStream OpenSerialFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The console cannot be kept in {path}: {error.Message}", ExitCode.Usage);
        }
    }
}
