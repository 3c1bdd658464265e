// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Tool;

/// <summary>The few calls that .NET does not offer.</summary>
internal static class LibC
{
    /// <summary>Bytes that hold a struct termios of every Linux libc.</summary>
    public const int TerminalStateSize = 128;

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static extern int IoControl(int descriptor, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "isatty")]
    public static extern int IsTerminal(int descriptor);

    [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static extern int GetTerminalState(int descriptor, byte[] state);

    [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static extern int SetTerminalState(int descriptor, int when, byte[] state);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    public static extern void MakeRaw(byte[] state);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int descriptor, byte[] buffer, nint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int descriptor, byte[] buffer, nint count);
}
