// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>
/// One processor's GDT and task-state segment. Made at boot in the boot region, where objects never move, so that the
/// processor can be given their addresses.
/// </summary>
public sealed unsafe class DescriptorTables
{
    public const ushort CodeSelector = 0x08;
    public const ushort DataSelector = 0x10;
    public const ushort TaskSelector = 0x18;

    /// <summary>The size of the task-state segment in bytes, without an I/O permission map. SDM 3A, 7.7.</summary>
    public const int TaskStateSize = 104;

    private const int FirstInterruptStack = 9;
    private const int PermissionMap = 25;

    private readonly ulong[] _descriptors = new ulong[5];
    private readonly uint[] _taskState = new uint[TaskStateSize / 4];

    public DescriptorTables()
    {
        ulong taskState = TaskStateAddress;
        _taskState[PermissionMap] = (uint)TaskStateSize << 16;
        _descriptors[CodeSelector / 8] = SegmentDescriptor.KernelCode.Value;
        _descriptors[DataSelector / 8] = SegmentDescriptor.KernelData.Value;
        _descriptors[TaskSelector / 8] = SegmentDescriptor.TaskState(taskState, TaskStateSize).Value;
        _descriptors[(TaskSelector / 8) + 1] = taskState >> 32;
    }

    /// <summary>The GDT's linear address.</summary>
    public ulong DescriptorsAddress
    {
        get
        {
            fixed (ulong* descriptors = _descriptors)
            {
                return (ulong)descriptors;
            }
        }
    }

    /// <summary>The task-state segment's linear address.</summary>
    public ulong TaskStateAddress
    {
        get
        {
            fixed (uint* taskState = _taskState)
            {
                return (ulong)taskState;
            }
        }
    }

    /// <summary>
    /// Where the stack ends (its highest address) that exceptions of this kind run on; 16-byte aligned.
    /// </summary>
    public ulong GetStack(InterruptStack stack)
    {
        int index = FirstInterruptStack + (((int)stack - 1) * 2);
        return _taskState[index] | ((ulong)_taskState[index + 1] << 32);
    }

    /// <summary>Takes effect with the next exception.</summary>
    public void SetStack(InterruptStack stack, ulong end)
    {
        int index = FirstInterruptStack + (((int)stack - 1) * 2);
        _taskState[index] = (uint)end;
        _taskState[index + 1] = (uint)(end >> 32);
    }

    /// <summary>Makes the calling processor use them. Once: the task register cannot be loaded twice.</summary>
    public void Load()
    {
        var descriptor = new TableDescriptor(DescriptorsAddress, _descriptors.Length * sizeof(ulong));
        Instructions.LoadGdt(&descriptor, CodeSelector, DataSelector);
        Instructions.LoadTaskRegister(TaskSelector);
    }
}
