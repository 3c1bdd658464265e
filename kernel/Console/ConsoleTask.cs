// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Console;

/// <summary>The host task between the real serial port and the monitor.</summary>
public sealed class ConsoleTask : HostTask
{
    private readonly CharacterDevice _port;
    private readonly byte[] _errors;
    private readonly int _attach;
    private readonly bool _watchAll;
    private bool _hasBegun;

    /// <param name="stackTop">The end of the task's stack.</param>
    /// <param name="port">The real serial port.</param>
    /// <param name="host">What the monitor may ask of the machine.</param>
    /// <param name="guests">The VMs of the configuration.</param>
    /// <param name="attach">The index of the VM that is attached at once; -1 for none.</param>
    /// <param name="watchAll">True where nobody types: several VMs are watched.</param>
    /// <param name="errors">What is wrong with the configuration, a line each; empty where nothing is.</param>
    public ConsoleTask(
        HostVirtual stackTop,
        CharacterDevice port,
        HostControls host,
        GuestControls[] guests,
        int attach,
        bool watchAll,
        byte[] errors)
        : base("console", stackTop)
    {
        _port = port;
        _attach = attach;
        _watchAll = watchAll;
        _errors = errors;
        Monitor = new Monitor(host, guests, new PortSink(this));
        foreach (GuestControls guest in guests)
        {
            guest.Terminal.Reader = this;
        }
    }

    public Monitor Monitor { get; }

    protected override void Run()
    {
        Begin();
        while (true)
        {
            while (_port.TryRead(out byte value))
            {
                Monitor.Receive(value);
            }

            FaultInjector.Pass(FaultSite.Console);
            if (!Monitor.Poll())
            {
                WaitForWake();
            }
        }
    }

    /// <summary>A fault in a command ends that command; the monitor goes on.</summary>
    protected override void OnFault(FaultKind kind) => Log.Warning($"a fault in the console: {FaultNames.Of(kind)}");

    private void Begin()
    {
        _port.Waiter = this;
        Log.Reader = this;
        if (_hasBegun)
        {
            Monitor.Recover();
            return;
        }

        _hasBegun = true;
        Log.IsEchoed = false;
        Monitor.Show(_errors);
        Monitor.Begin(_attach, _watchAll);
    }

    private void Send(byte value)
    {
        while (!_port.TryWrite(value))
        {
            WaitForWake();
        }
    }

    /// <summary>The queue's end wakes the task; the last few bytes are in the device, which says nothing.</summary>
    private void Drain()
    {
        while (_port.HasQueued)
        {
            WaitForWake();
        }

        while (_port.IsSending)
        {
            Yield();
        }
    }

    private sealed class PortSink : ConsoleSink
    {
        private readonly ConsoleTask _task;

        public PortSink(ConsoleTask task)
        {
            _task = task;
        }

        public override void Write(byte value) => _task.Send(value);

        public override void Flush() => _task.Drain();
    }
}
