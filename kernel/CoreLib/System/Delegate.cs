// SPDX-License-Identifier: MIT
using Internal.Runtime;

namespace System;

/// <summary>
/// A method and what it is called on. ilc emits the construction and the call; the order of the fields is its contract.
/// One target only: combining delegates is not supported.
/// </summary>
public abstract unsafe class Delegate
{
    internal object? _firstParameter;
    internal object? _helperObject;
    internal nint _extraFunctionPointerOrData;
    internal nint _functionPointer;

    public object? Target => _helperObject is Delegate ? null : _firstParameter;

    private void InitializeClosedInstance(object firstParameter, nint functionPointer)
    {
        if (firstParameter is null)
        {
            Hypervisor.Runtime.ThrowHelper.Fault(Hypervisor.Runtime.FaultKind.NullReference);
        }
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceSlow(object firstParameter, nint functionPointer)
    {
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceWithoutNullCheck(object firstParameter, nint functionPointer)
    {
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceToInterface(object firstParameter, nint dispatchCell)
    {
        _functionPointer = InterfaceDispatch.ResolveCell(firstParameter, dispatchCell);
        _firstParameter = firstParameter;
    }

    private void InitializeClosedStaticThunk(object firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
        _functionPointer = functionPointerThunk;
        _firstParameter = this;
    }

    private void InitializeOpenStaticThunk(object firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _firstParameter = this;
        _functionPointer = functionPointerThunk;
        _extraFunctionPointerOrData = functionPointer;
    }
}
