// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>Known to ilc by name; nothing implements it.</summary>
public interface IDynamicInterfaceCastable
{
    bool IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented);

    RuntimeTypeHandle GetInterfaceImplementation(RuntimeTypeHandle interfaceType);

    internal static nint GetDynamicInterfaceImplementation(
        IDynamicInterfaceCastable instance, RuntimeTypeHandle interfaceType, ushort slot) =>
        Hypervisor.Runtime.ThrowHelper.NotSupported<nint>();
}
