// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Hypervisor.Tool.Terminal;

/// <summary>
/// What a person types, on its way to the machine: Ctrl-A X switches the machine off, Ctrl-A Ctrl-A sends one Ctrl-A,
/// everything else passes as it is.
/// </summary>
internal sealed class EscapeKeys
{
    private const byte ControlA = 0x01;

    private bool _pending;

    /// <summary>Ctrl-A X was typed.</summary>
    public bool Quit { get; private set; }

    /// <summary>The bytes that go on to the machine.</summary>
    public byte[] Filter(ReadOnlySpan<byte> typed)
    {
        List<byte> passed = new(typed.Length + 1);
        foreach (byte key in typed)
        {
            if (!_pending && key == ControlA)
            {
                _pending = true;
                continue;
            }

            if (_pending && (key | 0x20) == 'x')
            {
                Quit = true;
                break;
            }

            if (_pending && key != ControlA)
            {
                passed.Add(ControlA);
            }

            passed.Add(key);
            _pending = false;
        }

        return [.. passed];
    }
}
