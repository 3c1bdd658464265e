// SPDX-License-Identifier: MIT
using System.Runtime;
using Hypervisor.Runtime;

namespace Internal.Runtime;

/// <summary>
/// Where the stubs of Runtime.S go on when the running context's chunk is too small, or when a length is negative.
/// </summary>
internal static unsafe class SlowAllocation
{
    [RuntimeExport("HvNewObjectSlowly")]
    private static nint NewObject(MethodTable* type)
    {
        byte* result = RuntimeImports.Allocate(type->BaseSize);
        *(MethodTable**)result = type;
        return (nint)result;
    }

    [RuntimeExport("HvNewArraySlowly")]
    private static nint NewArray(MethodTable* type, int length)
    {
        if (length < 0)
        {
            ThrowHelper.Fault(FaultKind.Overflow);
        }
        byte* result = RuntimeImports.Allocate(type->BaseSize + ((nuint)(uint)length * type->ComponentSize));
        *(MethodTable**)result = type;
        *(int*)(result + sizeof(nint)) = length;
        return (nint)result;
    }
}
