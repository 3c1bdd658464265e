// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// Everything the console said, as plain text: without carriage returns and terminal control sequences.
/// Readers wait for a text on any thread.
/// </summary>
internal sealed class ConsoleTranscript
{
    /// <summary>As at a VT100, CAN and SUB end a control sequence where it stands.</summary>
    private const char Cancel = '\u0018';
    private const char Substitute = '\u001a';

    private readonly object _lock = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private ControlSequenceState _state;
    private bool _ended;

    private enum ControlSequenceState
    {
        Text,
        Escape,
        Sequence,
        StringSequence,
    }

    /// <summary>The whole text so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>Takes what the console sent and returns its plain text.</summary>
    public string Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            char[] characters = new char[bytes.Length + 1];
            int count = _decoder.GetChars(bytes, characters, flush: false);
            int start = _text.Length;
            for (int i = 0; i < count; i++)
            {
                Append(characters[i]);
            }

            Monitor.PulseAll(_lock);
            return _text.ToString(start, _text.Length - start);
        }
    }

    /// <summary>Says that no more will come.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>
    /// Waits until the text from <paramref name="position"/> on matches and moves the position behind the match; null
    /// at the time limit or when the console has ended.
    /// </summary>
    public string? WaitFor(Regex pattern, ref int position, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        lock (_lock)
        {
            while (true)
            {
                Match match = pattern.Match(_text.ToString(position, _text.Length - position));
                if (match.Success)
                {
                    position += match.Index + match.Length;
                    return match.Value;
                }

                TimeSpan left = limit - watch.Elapsed;
                if (_ended || left <= TimeSpan.Zero)
                {
                    return null;
                }

                _ = Monitor.Wait(_lock, left);
            }
        }
    }

    private void Append(char character)
    {
        switch (_state)
        {
            case not ControlSequenceState.Text when character is Cancel or Substitute:
                _state = ControlSequenceState.Text;
                break;
            case ControlSequenceState.Escape:
                _state = character switch
                {
                    '[' => ControlSequenceState.Sequence,
                    ']' or 'P' => ControlSequenceState.StringSequence,
                    '(' or ')' => ControlSequenceState.Escape,
                    _ => ControlSequenceState.Text,
                };
                break;
            case ControlSequenceState.Sequence:
                _state = character is >= '@' and <= '~' ? ControlSequenceState.Text : _state;
                break;
            case ControlSequenceState.StringSequence:
                _state = character == '\a' ? ControlSequenceState.Text
                    : character == '\e' ? ControlSequenceState.Escape : _state;
                break;
            case ControlSequenceState.Text when character == '\e':
                _state = ControlSequenceState.Escape;
                break;
            case ControlSequenceState.Text when character is '\n' or '\t' or >= ' ' and not '\x7f':
                _ = _text.Append(character);
                break;
        }
    }
}
