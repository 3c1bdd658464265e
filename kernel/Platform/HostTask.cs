// SPDX-License-Identifier: MIT
using System.Runtime;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Long work of the host (building and reaping VMs, zeroing memory, the console, drivers' resets) on a stack of its
/// own. It is preempted at the end of an interrupt when its time is up, and waits without holding the processor. A
/// fault in it is caught, reported to <see cref="OnFault"/> and followed by a new start of <see cref="Run"/>.
/// </summary>
public abstract class HostTask : Schedulable
{
    /// <summary>The size in bytes of the stack that a task is given.</summary>
    public const ulong StackSize = 64 * 1024;

    /// <summary>More than switching a task away takes of its stack: a frame of registers and a few calls.</summary>
    private const ulong PreemptionRoom = 2048;

    private readonly BodyCall _body;
    private readonly HostVirtual _stackTop;
    private ContextState _context;
    private nint _stack;
    private nint _schedulerStack;
    private SliceOutcome _outcome;

    /// <summary>
    /// A task that runs on the stack of <see cref="StackSize"/> bytes that ends at <paramref name="stackTop"/> (16-byte
    /// aligned).
    /// </summary>
    protected HostTask(string name, HostVirtual stackTop)
    {
        Name = name;
        IsUrgent = true;
        _body = new BodyCall(this);
        _stackTop = stackTop;
        _context = ContextState.CreateFromCurrent();
        _stack = StackSwitch.Prepare((nint)stackTop.Value, this);
    }

    /// <summary>Its name in reports.</summary>
    public string Name { get; }

    /// <summary>Faults caught in it so far.</summary>
    public int Faults { get; private set; }

    /// <summary>The kind of the last of them.</summary>
    public FaultKind LastFault { get; private set; }

    public sealed override SliceOutcome RunSlice()
    {
        Processor processor = Processor.Current;
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        processor.Task = this;
        _context.Exchange();
        StackSwitch.Switch(ref _schedulerStack, _stack);
        _context.Exchange();
        processor.Task = null;
        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
        return _outcome;
    }

    /// <summary>The work; returning ends the task for good.</summary>
    protected abstract void Run();

    /// <summary>A fault ended <see cref="Run"/>, which is started again when this returns.</summary>
    protected abstract void OnFault(FaultKind kind);

    /// <summary>
    /// Waits until somebody calls <see cref="Schedulable.Wake"/>; returns at once where that was since the last wait.
    /// </summary>
    protected void WaitForWake() => Leave(SliceOutcome.Wait);

    /// <summary>Lets the others run and goes on when it is its turn again.</summary>
    protected void Yield() => Leave(SliceOutcome.Preempted);

    /// <summary>
    /// False where the task is about to overflow its stack: it is not to do so in the code that switches it away.
    /// </summary>
    internal bool HasRoomBelow(ulong stackPointer) => stackPointer >= _stackTop.Value - StackSize + PreemptionRoom;

    /// <summary>The end of an interrupt took the processor away.</summary>
    internal void Preempt() => Leave(SliceOutcome.Preempted);

    [RuntimeExport("HvTaskEntry")]
    private static void Enter(HostTask task)
    {
        while (true)
        {
            FaultKind kind = FaultBoundary.Run(task._body);
            if (kind == FaultKind.None)
            {
                task.Leave(SliceOutcome.Finished);
            }

            Processor.Current.Held?.LetGo();
            task.LastFault = kind;
            task.Faults++;
            task.OnFault(kind);
        }
    }

    private void Leave(SliceOutcome outcome)
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        _outcome = outcome;
        StackSwitch.Switch(ref _stack, _schedulerStack);
        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }

    private sealed class BodyCall : ContainedCall
    {
        private readonly HostTask _task;

        public BodyCall(HostTask task)
        {
            _task = task;
        }

        public override void Invoke() => _task.Run();
    }
}
