// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Boot.Loader;
using Hypervisor.Console;
using Hypervisor.Drivers.Serial16550;
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Svm;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;

namespace Hypervisor.Boot;

/// <summary>
/// The second half of boot: virtualization, the configuration, the slots of its VMs and the host's tasks.
/// </summary>
internal sealed class Hosting : ProcessorEntry
{
    private const string ConfigName = "/hypervisor.toml";
    private const string GuestFolder = "/guests/";
    private const int ZeroedStock = 64;

    private readonly BootArguments _arguments;
    private readonly HostMemory _memory;
    private readonly Board _board;
    private readonly VirtualizationVendor _vendor;
    private readonly Schedulers _schedulers;
    private int _hosting;

    /// <summary>Why no guest can run; null where one can.</summary>
    private string? _obstacle;
    private readonly ModuleImage[] _files;
    private readonly ConfigResult _config;

    public Hosting(BootArguments arguments, HostMemory memory, Board board)
    {
        _arguments = arguments;
        _vendor = ChooseVendor(board.Features.Vendor, arguments.Loader);
        _memory = memory;
        _board = board;
        var schedulers = new Scheduler[board.Processors.Count];
        foreach (Processor processor in board.Processors.Running)
        {
            schedulers[processor.Index] = new Scheduler(processor, board.Clock);
        }

        _schedulers = new Schedulers(schedulers);
        _obstacle = _vendor.FindObstacle();
        Prepare(board.BootProcessor);
        _files = FindFiles();
        _config = LoadConfig();
    }

    /// <summary>The boot processor's, which runs the host's tasks.</summary>
    public Scheduler Scheduler => _schedulers[0];

    /// <summary>
    /// The serial port of the console, as the configuration says; with mistakes elsewhere too, which are shown there.
    /// </summary>
    public ushort ConsolePort =>
        _config.Draft.Host.Console == HostConsole.Com2 ? EarlyConsole.Com2 : EarlyConsole.Com1;

    /// <summary>
    /// Makes the slots and the tasks; those that the configuration says start as soon as the scheduler runs.
    /// </summary>
    public void StartTasks(SerialPort serial)
    {
        MachineConfig config = _config.Config ?? MachineConfig.CreateEmpty();
        VmConfig[] machines = _hosting == 0 ? new VmConfig[0] : config.VirtualMachines;
        var host = new BoardControls(_board, _memory, _vendor, _obstacle, _schedulers)
        {
            Version = ProductVersion.Text,
            RamBytes = _arguments.RamBytes,
        };
        var guests = new GuestControls[machines.Length];
        int attach = FindAttached(config.Host, machines);
        var zeroing = new ZeroingTask(_memory.Frames, NewStack(), ZeroedStock);
        MachineSlot[] slots = _hosting == 0
            ? new MachineSlot[0]
            : StartMachines(machines, guests, config.Host.OnAllStopped, zeroing, host);
        bool watchAll = _arguments.Loader.HasOption("watch");
        var console = new ConsoleTask(NewStack(), serial, host, guests, attach, watchAll, ErrorText());
        host.Console = console;
        host.Port = serial;
        Scheduler.Add(console);
        Scheduler.Add(zeroing);
        if (BuildFlavour.IsChecked && slots.Length > 0)
        {
            var subjects = new FaultTrialSubjects
            {
                Timer = _board.Timer,
                Serial = serial.Interrupt,
                Port = serial,
                Zeroing = zeroing,
                Console = console,
            };
            InjectFaults(slots, subjects);
        }
    }

    /// <summary>The VM that the console shows first: the one named, or a single one that is started; else -1.</summary>
    private static int FindAttached(HostConfig host, VmConfig[] machines)
    {
        for (int index = 0; index < machines.Length; index++)
        {
            if (machines[index].Name == host.Attach)
            {
                return index;
            }
        }

        return machines.Length == 1 && machines[0].AutoStart ? 0 : -1;
    }

    /// <summary>Switches virtualization on, on the processor that runs this.</summary>
    public override void Prepare(Processor processor)
    {
        if (_obstacle != null)
        {
            return;
        }

        _schedulers[processor.Index].Virtualization = _vendor.TryEnable(_memory.Frames, processor);
        if (_schedulers[processor.Index].Virtualization != null)
        {
            _hosting++;
        }
        else if (processor == _board.BootProcessor)
        {
            _obstacle = "The processor refuses to switch it on, or no memory is left for its structures.";
        }
        else
        {
            _schedulers[processor.Index].RunsGuests = false;
            Log.Warning($"processor {processor.Index} runs no guests: it refuses, or no memory is left");
        }
    }

    /// <summary>Once all processors have tried.</summary>
    public void ReportVirtualization()
    {
        if (_obstacle != null)
        {
            Log.Warning($"no guests can run: {_obstacle}");
        }
        else
        {
            Log.Host($"virtualization: {_vendor.Name} on {_hosting} of {_schedulers.Count} processors");
        }
    }

    public override void Run(Processor processor) => _schedulers[processor.Index].RunForever();

    private MachineSlot[] StartMachines(
        VmConfig[] machines,
        GuestControls[] guests,
        AllStoppedAction onAllStopped,
        ZeroingTask zeroing,
        BoardControls host)
    {
        var resources = new HostResources(_vendor, _schedulers, _memory, _board.Clock)
        {
            Files = _files,
            UnixSecondsAtStart = CmosClock.ReadUnixSeconds(),
            HasDebugExit = _arguments.Loader.HasOption("guest-debug-exit"),
        };
        var supervisor = new Supervisor(NewStack(), _board.Clock, new MachineBuilder(resources), _board.Power, zeroing);
        var slots = new MachineSlot[machines.Length];
        for (int index = 0; index < slots.Length; index++)
        {
            var terminal = new GuestConsole();
            slots[index] = new MachineSlot(machines[index], supervisor, terminal);
            guests[index] = new SlotControls(slots[index], terminal, _board.Clock);
        }

        _schedulers.Claim(machines);
        supervisor.Take(slots, onAllStopped);
        host.History = supervisor.History;
        Scheduler.Add(supervisor);
        return slots;
    }

    /// <summary>
    /// Checked builds, for tests: <c>inject=ROUNDS</c> tries faults around the first VM, beside the second;
    /// <c>inject-site=SITE</c> with <c>inject-fault=KIND</c> and <c>inject-lock=LOCK</c> (numbers of the enumerations)
    /// makes one fault there, at the pass <c>inject-pass=NUMBER</c>, or <c>inject-times=NUMBER</c> from there on, and
    /// then once at the site <c>inject-then=SITE</c>; <c>inject-nmis</c> has NMIs come often enough to meet a panic's
    /// report.
    /// </summary>
    private void InjectFaults(MachineSlot[] slots, FaultTrialSubjects subjects)
    {
        LoaderInformation loader = _arguments.Loader;
        if (loader.TryGetNumber("inject", out int rounds))
        {
            WatchdogTimer.SetDivisor(FaultTrialTask.DivisorFor(_board.Processors.Count));
            Scheduler.Add(new FaultTrialTask(NewStack(), slots, _memory, _board, subjects, rounds));
        }

        if (loader.HasOption("inject-nmis"))
        {
            WatchdogTimer.SetDivisor(FaultTrialTask.DivisorFor(_board.Processors.Count));
        }

        if (loader.TryGetNumber("inject-site", out int site))
        {
            _ = loader.TryGetNumber("inject-fault", out int fault);
            _ = loader.TryGetNumber("inject-lock", out int held);
            int pass = loader.TryGetNumber("inject-pass", out int number) ? number : 1;
            FaultInjector.Arm((FaultSite)site, (InjectedFault)fault, (HeldLock)held, pass);
            FaultInjector.Repeat(loader.TryGetNumber("inject-times", out int times) ? times : 1);
            if (loader.TryGetNumber("inject-then", out int then))
            {
                FaultInjector.Follow((FaultSite)then);
            }
        }
    }

    /// <summary>
    /// By the maker, so that a processor without virtualization is told what it lacks. Boot options have parts of it
    /// left alone: <c>no-virtual-apic</c> and <c>no-posted-interrupts</c>.
    /// </summary>
    private static VirtualizationVendor ChooseVendor(ProcessorVendor maker, LoaderInformation loader) =>
        maker == ProcessorVendor.Intel
            ? new VmxVendor(!loader.HasOption("no-virtual-apic"), !loader.HasOption("no-posted-interrupts"))
            : new SvmVendor();

    /// <summary>The files of the medium's folder for guests.</summary>
    private ModuleImage[] FindFiles()
    {
        ReadOnlySpan<BootModule> modules = _arguments.Loader.Modules;
        var files = new ModuleImage[modules.Length];
        int count = 0;
        foreach (BootModule module in modules)
        {
            if (module.Name.StartsWith(GuestFolder, StringComparison.Ordinal))
            {
                files[count++] =
                    new ModuleImage(module.Name.Substring(GuestFolder.Length), module.Start, module.Length);
            }
        }

        return new ReadOnlySpan<ModuleImage>(files, 0, count).ToArray();
    }

    private ConfigResult LoadConfig()
    {
        var beside = new ConfigFile[_files.Length];
        for (int index = 0; index < beside.Length; index++)
        {
            beside[index] = new ConfigFile(_files[index].Name, _files[index].Length);
        }

        ulong free = (ulong)_memory.Frames.FreeFrames * FrameAllocator.FrameSize;
        var environment = new ConfigEnvironment(beside, GuestCapacity.Of(_memory.Frames), free)
        {
            FirstThreads = CoreTopology.FindFirstThreads(_board.Processors),
        };
        ConfigResult result = ConfigLoader.Load(ConfigName.Substring(1), ReadConfig(), environment);
        for (int index = 0; index < _schedulers.Count; index++)
        {
            _schedulers[index].RunsGuests =
                environment.FirstThreads[index] || result.Config is { Host.ShareCores: true };
        }

        return result;
    }

    private byte[] ReadConfig()
    {
        foreach (BootModule module in _arguments.Loader.Modules)
        {
            if (module.Name == ConfigName)
            {
                byte[] text = new byte[(int)Math.Min(module.Length, 1 << 20)];
                PhysicalMemory.Read(module.Start, text);
                return text;
            }
        }

        Log.Warning($"the medium has no {ConfigName}");
        return new byte[0];
    }

    /// <summary>What the monitor shows first: why there is no guest, where there is none.</summary>
    private byte[] ErrorText()
    {
        string text = _config.Errors.Count == 0 ? string.Empty : _config.Errors.Format();
        return Utf8Text.ToBytes(_obstacle == null ? text : text + _obstacle + "\n");
    }

    private HostVirtual NewStack()
    {
        if (!_memory.Stacks.TryCreate(HostTask.StackSize, out HostVirtual top))
        {
            Panic.Halt("no memory for a task's stack");
        }

        return top;
    }
}
