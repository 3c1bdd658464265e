// SPDX-License-Identifier: MIT
using System.Runtime;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>Where a test guest enters C#.</summary>
internal static unsafe class Program
{
    [RuntimeExport("GuestMain")]
    private static void Main(nint startInfo)
    {
        GuestHeap.Initialize();
        Startup.Initialize();
        Run();
    }

    private static void Run()
    {
        GuestConsole.WriteLine("hello");
        Startup.RunAllClassConstructors();
        Tests.DecoderTests.Try();
        Hypervisor.X64.Instructions.Out8(0xf4, 0x10);
    }
}
