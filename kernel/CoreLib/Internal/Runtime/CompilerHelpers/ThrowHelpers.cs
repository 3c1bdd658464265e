// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>The throws that ilc calls by these names. None allocates.</summary>
internal static class ThrowHelpers
{
    internal static void ThrowIndexOutOfRangeException() => ThrowHelper.Fault(FaultKind.IndexOutOfRange);

    internal static void ThrowNullReferenceException() => ThrowHelper.Fault(FaultKind.NullReference);

    internal static void ThrowDivideByZeroException() => ThrowHelper.Fault(FaultKind.DivideByZero);

    internal static void ThrowOverflowException() => ThrowHelper.Fault(FaultKind.Overflow);

    internal static void ThrowArrayTypeMismatchException() => ThrowHelper.Fault(FaultKind.ArrayTypeMismatch);

    internal static void ThrowArgumentException() => ThrowHelper.Fault(FaultKind.Argument);

    internal static void ThrowArgumentOutOfRangeException() => ThrowHelper.Fault(FaultKind.Argument);

    internal static void ThrowPlatformNotSupportedException() => ThrowHelper.Fault(FaultKind.NotSupported);

    internal static void ThrowNotImplementedException() => ThrowHelper.Fault(FaultKind.NotSupported);

    // The rest stand for code that ilc could not compile. Ilc.targets refuses an image that reaches the type and member
    // ones, so at run time they would be our bug.
    internal static void ThrowFeatureBodyRemoved() => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowBodyRemoved() => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowInstanceBodyRemoved() => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowUnavailableType() => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowInvalidProgramException(int id) => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowInvalidProgramExceptionWithArgument(int id, string methodName) =>
        ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowTypeLoadException(int id, string className, string typeName) =>
        ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowTypeLoadExceptionWithArgument(
        int id, string className, string typeName, string messageArg) => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowMissingMethodException(int id, string methodName) =>
        ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowMissingFieldException(int id, string fieldName) =>
        ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowFileNotFoundException(int id, string fileName) =>
        ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowBadImageFormatException(int id) => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowMarshalDirectiveException(int id) => ThrowHelper.Fault(FaultKind.Invariant);

    internal static void ThrowAmbiguousMatchException(int id) => ThrowHelper.Fault(FaultKind.Invariant);
}
