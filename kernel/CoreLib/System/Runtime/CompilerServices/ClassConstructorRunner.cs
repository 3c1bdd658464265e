// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System.Runtime.CompilerServices;

/// <summary>
/// Runs class constructors that ilc could not run at compile time: at boot, on the boot processor only. After
/// <see cref="Startup.RunAllClassConstructors"/> none is left, and one that turns up is a fault.
/// </summary>
internal static unsafe class ClassConstructorRunner
{
    internal static object? CheckStaticClassConstructionReturnGCStaticBase(
        StaticClassConstructionContext* context, object? gcStaticBase)
    {
        Run(context);
        return gcStaticBase;
    }

    internal static nint CheckStaticClassConstructionReturnNonGCStaticBase(
        StaticClassConstructionContext* context, nint nonGcStaticBase)
    {
        Run(context);
        return nonGcStaticBase;
    }

    internal static object? CheckStaticClassConstructionReturnThreadStaticBase(
        StaticClassConstructionContext* context, object? threadStaticBase)
    {
        Run(context);
        return threadStaticBase;
    }

    internal static void CheckStaticClassConstruction(ref StaticClassConstructionContext context)
    {
        fixed (StaticClassConstructionContext* pointer = &context)
        {
            Run(pointer);
        }
    }

    internal static void Run(StaticClassConstructionContext* context)
    {
        nint constructor = context->Constructor;
        if (constructor == 0)
        {
            return;
        }
        if (Startup.IsSealed)
        {
            RuntimeImports.Fault((int)FaultKind.LateClassConstructor, constructor);
        }
        // Cleared first: a circle of constructors sees the unfinished class, as the language allows.
        context->Constructor = 0;
        ((delegate*<void>)constructor)();
    }
}
