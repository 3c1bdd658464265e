// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Tool.Terminal;

/// <summary>
/// The user's terminal with every key passed on as it is. It is put back when disposed, and when the
/// process ends in any other orderly way.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private const int Input = 0;
    private const int Now = 0;

    private readonly byte[] _before = new byte[LibC.TerminalStateSize];
    private bool _restored;

    public RawTerminal()
    {
        _ = LibC.GetTerminalState(Input, _before);
        byte[] raw = (byte[])_before.Clone();
        LibC.MakeRaw(raw);
        _ = LibC.SetTerminalState(Input, Now, raw);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Both ends of the console can be this process's terminal.</summary>
    public static bool IsAvailable => LibC.IsTerminal(0) != 0 && LibC.IsTerminal(1) != 0;

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Restore();
    }

    private void OnExit(object? sender, EventArgs arguments) => Restore();

    private void Restore()
    {
        if (!_restored)
        {
            _restored = true;
            _ = LibC.SetTerminalState(Input, Now, _before);
        }
    }
}
