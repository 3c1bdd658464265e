// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Spectre.Console;

namespace Hypervisor.Tool.Terminal;

/// <summary>
/// One line on the terminal (standard error) that says what is going on and for how long; nothing where there is no
/// terminal. It is wiped when disposed.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TextWriter _output;
    private readonly Timer? _timer;
    private Func<string> _text;
    private bool _shown;
    private bool _disposed;

    public ProgressLine(string text)
        : this(text, LibC.IsTerminal(2) != 0)
    {
    }

    internal ProgressLine(string text, bool visible)
    {
        _text = () => text;
        _output = System.Console.Error;
        _timer = visible ? new Timer(_ => Draw(), null, TimeSpan.Zero, s_period) : null;
    }

    /// <summary>Changes what the line says; it is asked again for each drawing.</summary>
    public void Show(Func<string> text)
    {
        lock (_lock)
        {
            _text = text;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
            if (_shown)
            {
                _output.Write("\r\e[K");
            }
        }
    }

    private void Draw()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            string line = FormattableString.Invariant($"{_text()} ({_watch.Elapsed.TotalSeconds:F0} s)");
            int width = Math.Max(20, AnsiConsole.Profile.Width - 1);
            _output.Write("\r\e[2m" + (line.Length <= width ? line : line[..width]) + "\e[0m\e[K");
            _shown = true;
        }
    }
}
