// SPDX-License-Identifier: MIT
using System.Runtime;
using Hypervisor.Boot.Loader;
using Hypervisor.Drivers.Serial16550;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Boot;

/// <summary>
/// The boot order, from the first line of C# to the scheduler: one step after the other, none goes back.
/// </summary>
internal static class Program
{
    private const string ScreenText = "Hypervisor: the console is on serial port COM1 or COM2, 115200 8N1";

    /// <summary>
    /// Called by Entry.S on the boot stack, interrupts off, with the physical addresses of the loader's information and
    /// of the image. Nothing here may need a static object before the runtime has started.
    /// </summary>
    [RuntimeExport("HvMain")]
    private static void Main(ulong information, ulong image)
    {
        EarlyConsole.Use(EarlyConsole.Com1);
        Startup.Initialize();
        Boot(new HostPhysical(information), new HostPhysical(image));
        Panic.Halt("the boot order has come to its end");
    }

    private static void Boot(HostPhysical information, HostPhysical image)
    {
        TrapTables traps = StartTraps();
        BootArguments arguments = ReadArguments(information, image);
        HostMemory memory = HostMemory.Start(arguments.Loader.Memory, arguments.Taken, arguments.Sections);
        ReportMemory(arguments, memory);
        DeliberateFault.RunWhereAsked(arguments.Loader);
        Board board = StartBoard(arguments, memory, traps.Descriptors);
        ProcessorStarter others = StartProcessors(arguments, memory, board, traps);
        var hosting = new Hosting(arguments, memory, board);
        SerialPort serial = StartConsolePort(board, hosting.ConsolePort);
        others.PrepareAll(hosting);
        hosting.ReportVirtualization();
        Log.IsEchoed = false;
        hosting.StartTasks(serial);
        Startup.RunAllClassConstructors();
        memory.EndBoot();
        others.Release();
        hosting.Scheduler.RunForever();
    }

    /// <summary>
    /// From here on a fault of ours is a panic with registers and a stack, not a reset of the machine.
    /// </summary>
    private static TrapTables StartTraps()
    {
        var tables = TrapTables.CreateFirst();
        tables.Load();
        return tables;
    }

    /// <summary>Copies what the loader says, before its memory is used for something else; greets.</summary>
    private static BootArguments ReadArguments(HostPhysical information, HostPhysical image)
    {
        var arguments = new BootArguments(information, image);
        if (arguments.Loader.HasOption("debug-exit"))
        {
            Panic.ExitDebugger();
        }

        ScreenLine.Show(arguments.Loader.Screen, ScreenText);
        var features = new ProcessorFeatures();
        Log.Host($"Hypervisor {ProductVersion.Text}");
        Log.Host($"processor: {features.Brand}, family {features.Family:x}h model {features.Model:x}h");
        Log.Host(
            $"image at {image}, {arguments.Loader.Modules.Length} modules, options: {arguments.Loader.CommandLine}");
        return arguments;
    }

    /// <summary>The firmware's tables, interrupt controllers and clocks; the boot processor gets its object.</summary>
    private static Board StartBoard(BootArguments arguments, HostMemory memory, DescriptorTables descriptors)
    {
        ref readonly BootLayout layout = ref BootLayout.Current;
        RegionRule.SetImageStacks(new HostVirtual(layout.Stacks), new HostVirtual(layout.InterruptStackEnd));
        var board = new Board(memory, new ProcessorFeatures(), arguments.Loader.RootPointer, descriptors);
        Log.Host($"board: {board.Tables.Count} ACPI tables, {board.Topology.ProcessorCount} processors");
        Log.Host(
            $"board: TSC {board.Clock.Frequency / 1000} kHz, APIC timer {board.ApicFrequency / 1000} kHz "
            + $"by {board.ReferenceName}, {board.TimerName}");
        Log.Host($"board: power-off by {(board.Power.CanPowerOff ? "ACPI" : "nothing known")}");
        if (!board.HasWatchdog)
        {
            Log.Warning($"no watchdog: the machine's timer interrupt reaches no I/O APIC, or not the boot processor");
        }

        return board;
    }

    /// <summary>All other processors, up to where they wait for the end of boot.</summary>
    private static ProcessorStarter StartProcessors(
        BootArguments arguments, HostMemory memory, Board board, TrapTables traps)
    {
        var others = new ProcessorStarter(memory, board, traps);
        Panic.StopOthersThrough(board.Apic is XApic apic ? apic.Registers : default);
        if (arguments.StartPage.Value != 0)
        {
            others.StartAll(arguments.StartPage, arguments.Image);
        }
        else
        {
            Log.Warning($"only the boot processor runs: no page below 640 KiB is free for the others to start at");
        }

        Log.Host($"board: {board.Processors.Count} of {board.Topology.ProcessorCount} processors run");
        return others;
    }

    private static void ReportMemory(BootArguments arguments, HostMemory memory)
    {
        foreach (MemoryArea area in arguments.Loader.Memory)
        {
            string use = area.Kind == FrameKind.Free ? "RAM" : "reserved";
            Log.Host($"memory: {area.Start.Value:x12} + {area.Length:x12} {use}");
        }

        long free = memory.Frames.FreeFrames * (long)FrameAllocator.FrameSize >> 20;
        Log.Host($"memory: {arguments.RamBytes >> 20} MiB of RAM, {free} MiB free");
    }

    /// <summary>
    /// The real serial port with its interrupt; the early console is silent from now on but for a panic.
    /// </summary>
    private static SerialPort StartConsolePort(Board board, ushort port)
    {
        if (port != EarlyConsole.Port)
        {
            EarlyConsole.Use(port);
            Log.Repeat();
        }

        var serial = new SerialPort(EarlyConsole.Port, board.Clock);
        if (!InterruptVectors.TryAllocate(serial.Interrupt, out byte vector)
            || !board.Router.TryRouteIsa(serial.Irq, vector, board.BootProcessor.ApicId))
        {
            Log.Warning($"the serial port's interrupt {serial.Irq} cannot be routed");
        }

        serial.Start();
        return serial;
    }
}
