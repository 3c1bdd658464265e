// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Hypervisor.Tool.Emulation;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// The console of a running machine, for a script: what it waits for comes in the order of the calls.
/// </summary>
internal sealed class RunConsole(Emulator emulator, ConsoleTranscript transcript, TimeSpan limit)
{
    /// <summary>Between two typed characters: a person's speed, and no receive queue overflows.</summary>
    private static readonly TimeSpan s_typingPause = TimeSpan.FromMilliseconds(4);

    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _position;

    /// <summary>What every time limit is multiplied by.</summary>
    public static double Patience { get; set; } = 1;

    /// <summary>Everything the console said so far.</summary>
    public string Text => transcript.Text;

    /// <summary>Lines for the report of a run that passed.</summary>
    public StringBuilder Report { get; } = new();

    /// <summary>A figure was above its budget.</summary>
    public bool ExceedsBudget { get; private set; }

    private TimeSpan Left => (limit * Patience) - _time.Elapsed;

    /// <summary>Waits for a regular expression behind the last one seen, and returns what it matched.</summary>
    public Match Expect(string pattern, double seconds = double.PositiveInfinity)
    {
        var expression = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline);
        TimeSpan time = seconds * Patience < Left.TotalSeconds ? TimeSpan.FromSeconds(seconds * Patience) : Left;
        string? seen = transcript.WaitFor(WholeLines(expression), ref _position, time);
        return seen is not null
            ? expression.Match(seen)
            : throw new RunFailure(emulator.End.IsCompleted
                ? $"the machine ended before '{pattern}' was seen ({emulator.End.Result.Failure ?? "switched off"})"
                : string.Create(CultureInfo.InvariantCulture, $"'{pattern}' was not seen in {time.TotalSeconds:F0} s"));
    }

    /// <summary>As <see cref="Expect"/>, with somebody at the console who types meanwhile.</summary>
    public Match ExpectWhileTyping(string pattern, string keys, TimeSpan pause)
    {
        Regex expression = WholeLines(new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline));
        while (Left > pause && !emulator.End.IsCompleted)
        {
            if (transcript.WaitFor(expression, ref _position, pause) is { } seen)
            {
                return expression.Match(seen);
            }

            Send(keys);
        }

        return Expect(pattern);
    }

    /// <summary>A line's end is a line feed: what has come so far may be half a line.</summary>
    private static Regex WholeLines(Regex expression)
    {
        string pattern = expression.ToString();
        bool endsLine = pattern.EndsWith('$') && !pattern.EndsWith(@"\$", StringComparison.Ordinal);
        return endsLine ? new Regex(pattern[..^1] + @"(?=\n)", expression.Options) : expression;
    }

    /// <summary>Fails where the pattern stands anywhere in what was said so far.</summary>
    public void ExpectNever(string pattern)
    {
        Match found = Regex.Match(Text, pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline);
        if (found.Success)
        {
            throw new RunFailure($"'{found.Value}' was not to be seen");
        }
    }

    /// <summary>Types text and the Enter key.</summary>
    public void Type(string line) => Send(line + "\r");

    /// <summary>Types characters as they are.</summary>
    public void Send(string characters)
    {
        foreach (byte character in Encoding.UTF8.GetBytes(characters))
        {
            emulator.Send([character]);
            Thread.Sleep(s_typingPause);
        }
    }

    /// <summary>Waits until the host has switched its machine off.</summary>
    public void ExpectPowerOff(double seconds = 30)
    {
        if (!emulator.End.Wait(TimeSpan.FromSeconds(seconds * Patience)))
        {
            throw new RunFailure("the host did not power off");
        }

        EmulatorEnd end = emulator.End.Result;
        if (end.Failure is not null || !end.PoweredOff)
        {
            throw new RunFailure(end.Failure ?? "the machine ended without powering off");
        }
    }

    /// <summary>Waits until the emulator has ended with a failure of the host's, such as a panic.</summary>
    public void ExpectHostFailure(double seconds = 30)
    {
        if (!emulator.End.Wait(TimeSpan.FromSeconds(seconds * Patience)) || emulator.End.Result.Failure is null)
        {
            throw new RunFailure("the emulator did not end with a failure");
        }
    }

    /// <summary>Reports a figure against its budget; the run fails at its end where one is exceeded.</summary>
    public void Budget(string what, double value, double most)
    {
        string mark = value > most ? "  <- too much" : "";
        _ = Report.Append(CultureInfo.InvariantCulture,
            $"      {what,-36} {value,8:0.#}  of at most {most,5:0}{mark}\n");
        ExceedsBudget |= value > most;
    }
}
