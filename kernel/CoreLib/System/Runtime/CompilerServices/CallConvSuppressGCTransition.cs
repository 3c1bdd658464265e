// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

public class CallConvSuppressGCTransition
{
}
